SELECT file, read_bytes FROM receipt_positions
