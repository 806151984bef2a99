INSERT INTO day_latency
SELECT start_ns // 86400000000000 * 1440 AS minute_no, series_id, latency_bucket, count(*) AS calls, 0 AS fold
FROM spans
WHERE start_ns >= $from_ns AND start_ns < $before_ns AND seq <= $folded
GROUP BY ALL
ORDER BY ALL
