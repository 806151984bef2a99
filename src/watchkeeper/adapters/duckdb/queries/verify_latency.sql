-- The same of latencies.
WITH
    counted AS (
        SELECT start_ns // 60000000000 // {minutes} * {minutes} AS minute_no, {key}, latency_bucket, count(*) AS calls
        FROM spans
        JOIN call_series USING (series_id)
        WHERE start_ns >= $from_ns AND start_ns < $before_ns AND seq <= $folded
        GROUP BY ALL
    ),
    kept AS (
        SELECT rollup.minute_no AS minute_no, {key}, latency_bucket, sum(rollup.calls) AS calls
        FROM {table} AS rollup
        WHERE rollup.minute_no >= $from_at AND rollup.minute_no < $before_at
        GROUP BY ALL
    )
SELECT
    minute_no,
    coalesce(sum(counted.calls), 0)::BIGINT AS row_calls,
    coalesce(sum(kept.calls), 0)::BIGINT AS rollup_calls,
    bool_or(coalesce(counted.calls, 0) <> coalesce(kept.calls, 0)) AS differs
FROM counted
FULL JOIN kept USING (minute_no, {key}, latency_bucket)
GROUP BY minute_no
