-- The projection by_key tells when the trace's spans began, and these instants where they stand.
SELECT {columns} FROM spans
WHERE start_ns IN (SELECT start_ns FROM spans WHERE trace_hash = {hash}) AND trace_hash = {hash}
    AND trace_id = {{trace_id:String}}
ORDER BY start_ns, span_id
