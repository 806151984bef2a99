SELECT {columns} FROM spans WHERE rowid IN (SELECT unnest($rowids::BIGINT[]))
