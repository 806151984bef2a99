DELETE FROM spans WHERE start_ns = {start_ns:Int64} AND row_id = {row_id:UUID}
