select
    key, channel, recipient, why, workload, severity, level, alert_ids, subject, body, created_at, due_at,
    state, attempts, tried_at, delivered_at, problem
from letters
where created_at >= %(instant)s or state = 'waiting'
order by created_at desc, key;
