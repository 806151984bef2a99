update letters
set attempts = attempts + 1, tried_at = %(now)s, due_at = %(until)s
where key = (
    select key
    from letters
    where channel = %(channel)s and state = 'waiting' and due_at <= %(now)s
    order by due_at, created_at, key
    limit 1
    for update skip locked
)
returning
    key, channel, recipient, why, workload, severity, level, alert_ids, subject, body, created_at, due_at,
    state, attempts, tried_at, delivered_at, problem;
