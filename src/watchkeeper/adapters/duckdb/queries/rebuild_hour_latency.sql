INSERT INTO hour_latency
SELECT start_ns // 3600000000000 * 60 AS minute_no, coarse_id, latency_bucket, count(*) AS calls, 0 AS fold
FROM spans
JOIN call_series USING (series_id)
WHERE start_ns >= $from_ns AND start_ns < $before_ns AND seq <= $folded
GROUP BY ALL
ORDER BY ALL
