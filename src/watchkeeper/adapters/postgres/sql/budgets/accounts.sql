select
    a.budget, a.period_start, a.period_end, a.closed_settled_usd, a.closed_unsettled_usd,
    a.closed_unpriced_calls, a.entered_usd, a.scarce_at
from budget_accounts as a
join unnest(%(budget)s::text[], %(period_start)s::timestamptz[]) as wanted (budget, period_start)
    using (budget, period_start);
