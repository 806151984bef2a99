insert into runs (
    run_id, workload, status, production, preflight, coaching, items, started_at, finished_at, ok,
    needs_ocr, failed, pages, seconds, details
) values (
    %(run_id)s, %(workload)s, %(status)s, %(production)s, %(preflight)s, %(coaching)s, %(items)s,
    %(started_at)s, %(finished_at)s, %(ok)s, %(needs_ocr)s, %(failed)s, %(pages)s, %(seconds)s,
    %(details)s::json
)
on conflict (run_id) do nothing
returning run_id;
