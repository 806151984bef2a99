DELETE FROM {table} WHERE {column} < $before_ns
