SELECT {columns} FROM spans
WHERE trace_crc32 = $trace_crc32 AND trace_id = $trace_id
ORDER BY start_ns, span_id
