SELECT kept.trace_id, kept.span_id, kept.fingerprint
FROM span_conflicts AS kept
SEMI JOIN (
    SELECT unnest($trace_ids::VARCHAR[]) AS trace_id, unnest($span_ids::VARCHAR[]) AS span_id
) AS asked USING (trace_id, span_id)
