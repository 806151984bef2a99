insert into letters (
    key, channel, recipient, why, workload, severity, level, alert_ids, subject, body, created_at, due_at,
    state, attempts, tried_at, delivered_at, problem
) values (
    %(key)s, %(channel)s, %(recipient)s, %(why)s, %(workload)s, %(severity)s, %(level)s, %(alert_ids)s,
    %(subject)s, %(body)s, %(created_at)s, %(due_at)s, %(state)s, %(attempts)s, %(tried_at)s,
    %(delivered_at)s, %(problem)s
)
on conflict (key) do nothing;
