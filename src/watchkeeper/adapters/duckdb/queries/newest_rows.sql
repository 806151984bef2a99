-- As many as asked for, and all of the last one's instant: the caller orders and cuts.
SELECT {columns} FROM {table}
WHERE {where} AND ts_ns >= (
    SELECT min(ts_ns) FROM (SELECT ts_ns FROM {table} WHERE {where} ORDER BY ts_ns DESC LIMIT $limit)
)
