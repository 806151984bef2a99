INSERT INTO unreadable_lines (file, begins_at, reason)
SELECT unnest($files::VARCHAR[]), unnest($begins_at::BIGINT[]), unnest($reasons::VARCHAR[])
ON CONFLICT (file, begins_at) DO NOTHING
