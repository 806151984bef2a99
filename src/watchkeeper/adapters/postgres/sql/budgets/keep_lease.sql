insert into budget_leases (
    budget, period_start, holder, seq, granted_usd, settled_usd, unsettled_usd, held_usd, unpriced_calls,
    expires_at, closed
) values (
    %(budget)s, %(period_start)s, %(holder)s, %(seq)s, %(granted_usd)s, %(settled_usd)s, %(unsettled_usd)s,
    %(held_usd)s, %(unpriced_calls)s, %(expires_at)s, %(closed)s
)
on conflict (budget, period_start, holder) do update set
    seq = excluded.seq,
    granted_usd = excluded.granted_usd,
    settled_usd = excluded.settled_usd,
    unsettled_usd = excluded.unsettled_usd,
    held_usd = excluded.held_usd,
    unpriced_calls = excluded.unpriced_calls,
    expires_at = excluded.expires_at,
    closed = excluded.closed;
