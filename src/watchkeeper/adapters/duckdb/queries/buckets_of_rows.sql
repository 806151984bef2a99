SELECT start_ns // 60000000000 AS minute_no, series_id, latency_bucket, 1 AS calls
FROM spans
WHERE {where}
