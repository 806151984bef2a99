select
    session_id, workload, run_id, document, agent, round, accuracy, coverage,
    precision_share as precision, recall, f1, errors, missing, strategy, reason, change, improvement,
    basis, phase, created_at
from coaching_rounds
where
    workload = %(workload)s and created_at >= %(since)s
    and not exists (
        select from coaching_sessions as session
        where session.session_id = coaching_rounds.session_id and session.voided_at is not null
    )
order by created_at, session_id, round;
