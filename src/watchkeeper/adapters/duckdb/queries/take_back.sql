-- Spans that turn out not to count, taken from the figures they are already in.
INSERT INTO {table}
SELECT start_ns // 60000000000 // {minutes} * {minutes} AS minute_no, series_id, {taken_back}, -1 AS fold
FROM spans
WHERE rowid IN (SELECT unnest($rowids::BIGINT[])) AND seq <= $folded
GROUP BY minute_no, series_id
