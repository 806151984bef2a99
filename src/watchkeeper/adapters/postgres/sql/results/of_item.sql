select
    run_id, workload, document, document_sha256, model, data, success, status, error, processing_ms,
    pages, created_at
from item_results
where run_id = %(run_id)s and document = %(document)s
order by model collate "C";
