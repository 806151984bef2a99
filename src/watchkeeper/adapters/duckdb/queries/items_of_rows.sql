-- Each item is a row before it is counted: the engine puts these on disk where they are too many for memory,
-- which it does not do for count(DISTINCT).
WITH chosen AS (
    SELECT spans.*, spans.start_ns // 60000000000 AS minute_no FROM spans WHERE {where}
), each AS (
    SELECT
        {slot} AS slot,
        {dimensions}
        spans.item_id,
        {sums}
    FROM chosen AS spans
    JOIN call_series AS series USING (series_id)
    GROUP BY ALL
)
SELECT
    slot,
    {groups}
    count(item_id) AS items,
    sum(calls),
    sum(model_calls),
    sum(cost_usd),
    sum(cost_known)
FROM each
GROUP BY slot, {groups} item_id IS NULL
