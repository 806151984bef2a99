WITH chosen AS (
    SELECT spans.*, spans.start_ns // 60000000000 AS minute_no FROM spans WHERE {where}
)
SELECT
    {slot} AS slot,
    {dimensions}
    {sums},
    count(*) FILTER (NOT spans.ok) AS failed,
    count(*) FILTER (spans.cached) AS cached,
    count(*) FILTER (spans.degraded) AS degraded
FROM chosen AS spans
JOIN call_series AS series USING (series_id)
GROUP BY ALL
HAVING count(*) > 0
