update runs
set status = %(status)s, finished_at = %(finished_at)s, seconds = %(seconds)s, details = %(details)s::json
where run_id = %(run_id)s
returning
    run_id, workload, status, production, preflight, coaching, items, started_at, finished_at, ok,
    needs_ocr, failed, pages, seconds, details;
