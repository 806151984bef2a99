SELECT count(*) FROM span_conflicts
