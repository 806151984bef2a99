DELETE FROM {table} WHERE minute_no < $before_at
