-- The narrow column first, the others only where it was found.
SELECT {columns} FROM spans
WHERE spans.rowid >= $first AND spans.rowid <= $last AND spans.rowid IN (SELECT unnest($rowids::BIGINT[]))
    AND spans.trace_id = $trace_id
ORDER BY spans.start_ns, spans.span_id
