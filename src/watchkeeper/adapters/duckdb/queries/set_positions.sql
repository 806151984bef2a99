INSERT INTO receipt_positions (file, read_bytes)
SELECT unnest($files::VARCHAR[]), unnest($read_bytes::BIGINT[])
ON CONFLICT (file) DO UPDATE SET read_bytes = excluded.read_bytes
