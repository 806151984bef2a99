-- Two servers may have set the same span aside: it is told once, as it came first.
SELECT argMin(span, received_ns) AS told, min(received_ns) AS came
FROM span_conflicts
GROUP BY trace_id, span_id, fingerprint
ORDER BY came DESC, trace_id, span_id, fingerprint
LIMIT {limit:UInt64}
