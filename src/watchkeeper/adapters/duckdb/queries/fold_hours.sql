-- The minutes just folded, added up by hour.
INSERT INTO hour_calls
SELECT minutes.minute_no // 60 * 60 AS minute_no, series_id, {added_up}, $fold AS fold
FROM minute_calls AS minutes
WHERE fold = $fold
GROUP BY ALL
ORDER BY ALL
