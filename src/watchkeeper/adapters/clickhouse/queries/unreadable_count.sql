SELECT uniqExact(file, begins_at) FROM unreadable_lines
