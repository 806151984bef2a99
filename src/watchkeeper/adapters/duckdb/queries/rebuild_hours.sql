INSERT INTO hour_calls
SELECT minutes.minute_no // 60 * 60 AS minute_no, series_id, {added_up}, 0 AS fold
FROM minute_calls AS minutes
WHERE minutes.minute_no >= $from_at AND minutes.minute_no < $before_at
GROUP BY ALL
ORDER BY ALL
