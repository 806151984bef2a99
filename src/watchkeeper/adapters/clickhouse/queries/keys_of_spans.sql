-- What is stored under keys with these hashes, and what only looks so; read from the projection by_key.
SELECT trace_id, span_id, parent_hash, from_gateway, start_ns, received_ns, fingerprint, row_id
FROM spans
WHERE trace_hash IN ({traces}) AND span_hash IN ({spans})
