SELECT count() FROM {table} WHERE {column} < {{ns:Int64}}
