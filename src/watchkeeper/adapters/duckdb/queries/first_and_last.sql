SELECT coalesce(min(start_ns), 0), coalesce(max(start_ns), 0) FROM spans
