-- Clients' spans that count so far.
SELECT {columns}, spans.rowid FROM spans
WHERE rowid IN (SELECT unnest($rowids::BIGINT[])) AND receipt_id IS NULL AND counts
