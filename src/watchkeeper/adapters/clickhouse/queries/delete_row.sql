DELETE FROM {table} WHERE ts_ns = {{ts_ns:Int64}} AND row_id = {{row_id:UUID}}
