SELECT uniqExact(trace_id, span_id, fingerprint) FROM span_conflicts
