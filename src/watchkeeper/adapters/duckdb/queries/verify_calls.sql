-- Units of time of one day whose rows do not add up to what the rollup says.
WITH
    counted AS (
        SELECT start_ns // 60000000000 // {minutes} * {minutes} AS minute_no, series_id, {sums}
        FROM spans
        WHERE start_ns >= $from_ns AND start_ns < $before_ns AND seq <= $folded
        GROUP BY ALL
    ),
    kept AS (
        SELECT rollup.minute_no AS minute_no, series_id, {added_up}
        FROM {table} AS rollup
        WHERE rollup.minute_no >= $from_at AND rollup.minute_no < $before_at
        GROUP BY ALL
    )
SELECT
    minute_no,
    coalesce(sum(counted.calls), 0)::BIGINT AS row_calls,
    coalesce(sum(kept.calls), 0)::BIGINT AS rollup_calls,
    coalesce(bool_or({differ}), false) AS differs
FROM counted
FULL JOIN kept USING (minute_no, series_id)
GROUP BY minute_no
