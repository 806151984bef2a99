select
    session_id, workload, run_id, document, agent, round, accuracy, coverage,
    precision_share as precision, recall, f1, errors, missing, strategy, reason, change, improvement,
    basis, phase, created_at
from coaching_rounds
where workload = %(workload)s and created_at >= %(since)s
order by created_at, session_id, round;
