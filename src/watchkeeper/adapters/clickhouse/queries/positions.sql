SELECT file, argMax(read_bytes, set_at) FROM read_positions GROUP BY file
