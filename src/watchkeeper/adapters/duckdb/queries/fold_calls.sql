-- Rows after `folded` added up by minute and series.
INSERT INTO minute_calls
SELECT
    start_ns // 60000000000 AS minute_no,
    series_id,
    {sums},
    $fold AS fold
FROM spans
WHERE seq > $folded AND seq <= $until
GROUP BY minute_no, series_id
ORDER BY minute_no, series_id
