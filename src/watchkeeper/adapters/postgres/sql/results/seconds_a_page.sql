select sum(processing_ms) / 1000 / nullif(sum(pages), 0)
from item_results
where workload = %(workload)s
    and model = %(model)s
    and pages > 0
    and created_at >= %(since)s
    and created_at < %(until)s;
