INSERT INTO hour_latency
SELECT
    start_ns // 3600000000000 * 60 AS minute_no, coarse_id, latency_bucket, count(*) AS calls, $fold AS fold
FROM spans
JOIN call_series USING (series_id)
WHERE seq > $folded AND seq <= $until
GROUP BY ALL
ORDER BY ALL
