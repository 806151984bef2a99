-- Any series of a coarse one stands for it: only what they share is asked.
SELECT rollup.minute_no AS minute_no, coarse.series_id, latency_bucket, calls
FROM hour_latency AS rollup
JOIN (SELECT coarse_id, min(series_id) AS series_id FROM call_series GROUP BY coarse_id) AS coarse USING (coarse_id)
WHERE rollup.minute_no >= {from_at} AND rollup.minute_no < {before_at}
