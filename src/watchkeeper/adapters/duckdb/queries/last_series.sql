SELECT coalesce(max(series_id), 0), coalesce(max(coarse_id), 0) FROM call_series
