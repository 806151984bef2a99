SELECT {columns} FROM spans
WHERE spans.trace_crc32 = $trace_crc32 AND spans.trace_id = $trace_id
ORDER BY spans.start_ns, spans.span_id
