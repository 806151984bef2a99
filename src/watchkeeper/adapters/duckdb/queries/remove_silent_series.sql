DELETE FROM metric_series WHERE series_id NOT IN (SELECT series_id FROM metric_points)
