insert into item_results (
    run_id, workload, document, document_sha256, model, data, success, status, error, processing_ms,
    pages, created_at
) values (
    %(run_id)s, %(workload)s, %(document)s, %(document_sha256)s, %(model)s, %(data)s::json,
    %(success)s, %(status)s, %(error)s::json, %(processing_ms)s, %(pages)s, %(created_at)s
)
on conflict (run_id, document, model) do update set
    workload = excluded.workload,
    document_sha256 = excluded.document_sha256,
    data = excluded.data,
    success = excluded.success,
    status = excluded.status,
    error = excluded.error,
    processing_ms = excluded.processing_ms,
    pages = excluded.pages,
    created_at = excluded.created_at;
