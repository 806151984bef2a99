DELETE FROM hour_calls
WHERE (minute_no, series_id) IN (SELECT (minute_no // 60 * 60, series_id) FROM touched);
INSERT INTO hour_calls
SELECT minutes.minute_no // 60 * 60 AS minute_no, series_id, {added_up}, -1 AS fold
FROM minute_calls AS minutes
WHERE (minutes.minute_no // 60 * 60, series_id) IN (SELECT (minute_no // 60 * 60, series_id) FROM touched)
GROUP BY ALL;
