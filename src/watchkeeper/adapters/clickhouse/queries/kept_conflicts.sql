SELECT trace_id, span_id, fingerprint FROM span_conflicts WHERE trace_hash IN ({traces})
