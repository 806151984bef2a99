-- Points of one instant are of different series: the last of them by workload and tags is the last.
SELECT
    ts_ns // $step_ns * $step_ns AS begins_ns,
    arriving.group_no,
    count(*) AS points,
    fsum(value) AS total,
    min(value) AS least,
    max(value) AS most,
    arg_max(value, (ts_ns, series.workload, series.tags)) AS last
FROM metric_points AS points
JOIN arriving ON points.series_id = arriving.series_id
JOIN metric_series AS series ON points.series_id = series.series_id
WHERE ts_ns >= $since_ns AND ts_ns < $until_ns
GROUP BY ALL
