select sum(right_fields)::double precision / nullif(sum(scored_fields), 0)
from receipt_scores
where workload = %(workload)s and created_at >= %(since)s and created_at < %(until)s;
