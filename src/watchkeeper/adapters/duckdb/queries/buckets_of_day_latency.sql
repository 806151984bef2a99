SELECT rollup.minute_no AS minute_no, series_id, latency_bucket, calls
FROM day_latency AS rollup
WHERE rollup.minute_no >= {from_at} AND rollup.minute_no < {before_at}
