-- The open leases, and of one holder the closed ones too.
select
    l.budget, l.period_start, l.holder, l.seq, l.granted_usd, l.settled_usd, l.unsettled_usd, l.held_usd,
    l.unpriced_calls, l.expires_at, l.closed
from budget_leases as l
join unnest(%(budget)s::text[], %(period_start)s::timestamptz[]) as wanted (budget, period_start)
    using (budget, period_start)
where not l.closed or l.holder = %(holder)s
order by l.holder collate "C";
