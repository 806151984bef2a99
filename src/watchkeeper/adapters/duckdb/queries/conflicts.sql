SELECT {columns}, spans.received_ns FROM span_conflicts AS spans
ORDER BY spans.received_ns DESC, spans.trace_id, spans.span_id, spans.fingerprint
LIMIT $limit
