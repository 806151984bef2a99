SELECT {columns}, received_ns FROM span_conflicts
ORDER BY received_ns DESC, trace_id, span_id, fingerprint
LIMIT $limit
