DELETE FROM {table} WHERE {column} < {{ns:Int64}}
