SELECT series_id, workload, name, kind, tags, unit FROM metric_series ORDER BY series_id
