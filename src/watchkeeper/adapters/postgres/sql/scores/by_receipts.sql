select
    receipt_id, run_id, workload, document, agent, model, right_fields as "right",
    scored_fields as scored, created_at
from receipt_scores
where receipt_id = any(%(receipt_ids)s::text[]);
