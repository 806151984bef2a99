DELETE FROM minute_calls WHERE (minute_no, series_id) IN (SELECT (minute_no, series_id) FROM touched);
INSERT INTO minute_calls
SELECT start_ns // 60000000000 AS minute_no, series_id, {sums}, -1 AS fold
FROM spans
WHERE start_ns >= (SELECT min(minute_no)::BIGINT FROM touched) * 60000000000
    AND start_ns < ((SELECT max(minute_no)::BIGINT FROM touched) + 1) * 60000000000
    AND seq <= {folded}
    AND (start_ns // 60000000000, series_id) IN (SELECT (minute_no::BIGINT, series_id) FROM touched)
GROUP BY ALL;
