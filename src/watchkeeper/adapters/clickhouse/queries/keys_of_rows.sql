-- What is stored under keys with these hashes, and what only looks so; read from the projection by_key.
SELECT key, fingerprint, received_ns, row_id, ts_ns FROM {table} WHERE key_hash IN ({hashes})
