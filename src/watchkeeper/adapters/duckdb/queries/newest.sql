SELECT {columns} FROM spans
WHERE {where} AND spans.start_ns >= $bound_ns
ORDER BY spans.start_ns DESC, spans.trace_id, spans.span_id
LIMIT $limit
