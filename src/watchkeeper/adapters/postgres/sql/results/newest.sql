select
    run_id, workload, document, document_sha256, model, data, success, status, error, processing_ms,
    pages, created_at
from item_results
where workload = %(workload)s and (%(model)s::text is null or model = %(model)s)
order by created_at desc, document collate "C" desc, model collate "C" desc, run_id collate "C" desc
limit %(limit)s;
