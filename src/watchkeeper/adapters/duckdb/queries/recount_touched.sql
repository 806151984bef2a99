-- What the rows are added up in, before or after they change their series.
INSERT INTO touched
SELECT start_ns // 60000000000 AS minute_no, series_id
FROM spans
WHERE rowid IN (SELECT unnest($rowids::BIGINT[])) AND seq <= $folded
