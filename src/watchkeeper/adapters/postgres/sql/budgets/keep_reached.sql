insert into budget_levels_reached (budget, period_start, percent, used_usd, limit_usd, reached_at)
values (%(budget)s, %(period_start)s, %(percent)s, %(used_usd)s, %(limit_usd)s, %(reached_at)s)
on conflict (budget, period_start, percent) do nothing;
