UPDATE spans SET counts = false WHERE rowid IN (SELECT unnest($rowids::BIGINT[]))
