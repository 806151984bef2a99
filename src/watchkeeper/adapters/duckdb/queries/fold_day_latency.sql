INSERT INTO day_latency
SELECT start_ns // 86400000000000 * 1440 AS minute_no, series_id, latency_bucket, count(*) AS calls, $fold AS fold
FROM spans
WHERE seq > $folded AND seq <= $until
GROUP BY ALL
ORDER BY ALL
