select n.budget, n.period_start, n.percent, n.enabled_by as by, n.reason, n.enabled_at
from budget_enablings as n
join unnest(%(budget)s::text[], %(period_start)s::timestamptz[]) as wanted (budget, period_start)
    using (budget, period_start)
order by n.enabled_at;
