WITH
    parts AS (
{parts}
    ),
    counted AS (
        SELECT {slot} AS slot, {dimensions} latency_bucket, sum(parts.calls)::BIGINT AS calls
        FROM parts
        JOIN call_series AS series USING (series_id)
        WHERE {where}
        GROUP BY ALL
        HAVING sum(parts.calls) > 0
    )
SELECT * EXCLUDE (latency_bucket, calls), list(latency_bucket) AS buckets, list(calls) AS calls
FROM counted
GROUP BY ALL
