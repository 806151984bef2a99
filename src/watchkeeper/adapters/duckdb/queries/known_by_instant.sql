SELECT {columns} FROM {table} SEMI JOIN arriving USING (ts_ns)
