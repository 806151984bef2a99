SELECT {columns} FROM spans
WHERE start_ns >= {{after_ns:Int64}}
    AND (start_ns, trace_id, span_id) > ({{after_ns:Int64}}, {{after_trace:String}}, {{after_span:String}})
ORDER BY start_ns, trace_id, span_id
LIMIT {limit}
