DELETE FROM {table} WHERE unit < {{unit:UInt32}}
