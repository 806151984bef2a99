select r.budget, r.period_start, r.percent, r.used_usd, r.limit_usd, r.reached_at
from budget_levels_reached as r
join unnest(%(budget)s::text[], %(period_start)s::timestamptz[]) as wanted (budget, period_start)
    using (budget, period_start)
order by r.reached_at, r.percent;
