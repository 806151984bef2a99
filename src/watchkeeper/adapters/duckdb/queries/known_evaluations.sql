-- Found by the narrow column first, as spans are (known_keys.sql).
SELECT {columns} FROM {table} AS kept
SEMI JOIN arriving ON kept.evaluation_id = arriving.id
WHERE kept.rowid IN (SELECT near.rowid FROM {table} AS near SEMI JOIN arriving USING (id_crc32))
