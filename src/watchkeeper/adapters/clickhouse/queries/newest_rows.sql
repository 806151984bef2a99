-- With all rows of the last instant, which the caller puts in order.
SELECT {columns} FROM {table} WHERE {where} ORDER BY ts_ns DESC LIMIT {limit} WITH TIES
