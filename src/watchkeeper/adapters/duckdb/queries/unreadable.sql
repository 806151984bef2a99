SELECT file, begins_at, reason FROM unreadable_lines ORDER BY file, begins_at LIMIT $limit
