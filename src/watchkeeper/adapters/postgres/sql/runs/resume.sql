update runs
set status = 'running', finished_at = null, seconds = null, items = %(items)s
where run_id = %(run_id)s
returning
    run_id, workload, status, production, preflight, coaching, items, started_at, finished_at, ok,
    needs_ocr, failed, pages, seconds, details;
