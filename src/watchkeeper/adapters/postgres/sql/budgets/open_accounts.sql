insert into budget_accounts (budget, period_start, period_end)
select *
from unnest(%(budget)s::text[], %(period_start)s::timestamptz[], %(period_end)s::timestamptz[])
    as wanted (budget, period_start, period_end)
order by budget collate "C", period_start
on conflict (budget, period_start) do nothing;
