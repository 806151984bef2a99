SELECT
    series.workload, series.name, series.kind, series.tags, ts_ns, start_ns, points.unit, value,
    bucket_count, bucket_sum, bucket_min, bucket_max, bucket_bounds, bucket_counts
FROM metric_points AS points
JOIN metric_series AS series USING (series_id)
WHERE {where}
