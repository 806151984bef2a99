INSERT INTO minute_calls
SELECT start_ns // 60000000000 AS minute_no, series_id, {sums}, 0 AS fold
FROM spans
WHERE start_ns >= $from_ns AND start_ns < $before_ns AND seq <= $folded
GROUP BY minute_no, series_id
ORDER BY minute_no, series_id
