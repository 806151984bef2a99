select
    counted.budget as account, counted.period_start, e.entry_id, e.budget, e.usd, e.what, e.entered_by as by,
    e.entered_at
from budget_entry_accounts as counted
join unnest(%(budget)s::text[], %(period_start)s::timestamptz[]) as wanted (budget, period_start)
    using (budget, period_start)
join budget_entries as e using (entry_id)
order by e.entered_at, e.entry_id;
