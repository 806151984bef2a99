SELECT
    series.workload, series.name, series.kind, series.tags, points.* EXCLUDE (series_id)
FROM metric_points AS points
JOIN metric_series AS series USING (series_id)
