SELECT least(
    (SELECT min(start_ns) FROM spans),
    (SELECT min(ts_ns) FROM metric_points),
    (SELECT min(ts_ns) FROM log_records),
    (SELECT min(ts_ns) FROM evaluations),
    (SELECT min(ts_ns) FROM feedback),
    (SELECT min(ts_ns) FROM queries)
)
