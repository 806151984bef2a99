SELECT rowid FROM spans WHERE trace_crc32 = $trace_crc32
