select
    run_id, workload, status, production, preflight, coaching, items, started_at, finished_at, ok,
    needs_ocr, failed, pages, seconds, details
from runs
where run_id = %(run_id)s;
