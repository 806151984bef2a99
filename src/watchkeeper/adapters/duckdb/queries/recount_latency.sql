INSERT INTO day_latency
SELECT start_ns // 86400000000000 * 1440, series_id, latency_bucket, $sign * count(*), -1 AS fold
FROM spans
WHERE rowid IN (SELECT unnest($rowids::BIGINT[])) AND seq <= $folded
GROUP BY ALL
