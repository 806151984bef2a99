WITH
    chosen AS (
        SELECT spans.*, spans.start_ns // 60000000000 AS minute_no FROM spans WHERE {where}
    ),
    counted AS (
        SELECT {slot} AS slot, {dimensions} latency_bucket, count(*) AS calls
        FROM chosen AS spans
        JOIN call_series AS series USING (series_id)
        GROUP BY ALL
    )
SELECT * EXCLUDE (latency_bucket, calls), list(latency_bucket) AS buckets, list(calls) AS calls
FROM counted
GROUP BY ALL
