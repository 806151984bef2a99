SELECT min(start_ns), max(start_ns), count() FROM spans
