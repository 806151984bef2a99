-- The same with the spans above them, and with the gateway's spans under them; read from by_key.
SELECT trace_id, span_id, parent_hash, from_gateway, start_ns, received_ns, fingerprint, row_id
FROM spans
WHERE trace_hash IN ({traces})
    AND (span_hash IN ({spans}) OR span_hash IN ({parents}) OR from_gateway AND parent_hash IN ({spans}))
