select budget, period_start, percent, used_usd, limit_usd, reached_at
from budget_levels_reached
where reached_at >= %(since)s
order by reached_at, budget collate "C", percent;
