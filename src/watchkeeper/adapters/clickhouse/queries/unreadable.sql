SELECT file, begins_at, argMin(reason, told_at) FROM unreadable_lines
GROUP BY file, begins_at
ORDER BY file, begins_at
LIMIT {limit:UInt64}
