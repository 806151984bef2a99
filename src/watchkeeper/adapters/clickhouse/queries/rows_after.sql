SELECT {columns}, ts_ns, key_hash FROM {table}
WHERE (ts_ns, key_hash) > ({ts_ns}, {key_hash})
ORDER BY ts_ns, key_hash
LIMIT {limit}
