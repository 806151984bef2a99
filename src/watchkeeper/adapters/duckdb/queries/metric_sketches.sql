WITH counted AS (
    SELECT
        ts_ns // $step_ns * $step_ns AS begins_ns,
        arriving.group_no,
        value < 0 AS below,
        CASE WHEN value = 0 THEN -32768 ELSE ceil(ln(abs(value)) * $per_log)::INTEGER END AS bucket,
        count(*) AS points
    FROM metric_points AS points
    JOIN arriving ON points.series_id = arriving.series_id
    WHERE ts_ns >= $since_ns AND ts_ns < $until_ns
    GROUP BY ALL
)
SELECT begins_ns, group_no, below, list(bucket), list(points) FROM counted GROUP BY ALL
