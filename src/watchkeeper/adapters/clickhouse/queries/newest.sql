SELECT {columns} FROM spans WHERE {where} ORDER BY start_ns DESC, trace_id, span_id LIMIT {limit}
