WITH parts AS (
{parts}
)
SELECT
    {slot} AS slot,
    {dimensions}
    {added_up},
    coalesce(sum(calls) FILTER (NOT series.ok), 0) AS failed,
    coalesce(sum(calls) FILTER (series.cached), 0) AS cached,
    coalesce(sum(calls) FILTER (series.degraded), 0) AS degraded
FROM parts
JOIN call_series AS series USING (series_id)
WHERE {where}
GROUP BY ALL
HAVING sum(parts.calls) > 0
