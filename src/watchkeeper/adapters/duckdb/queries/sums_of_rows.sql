SELECT start_ns // 60000000000 AS minute_no, series_id, {sums}
FROM spans
WHERE {where}
GROUP BY start_ns // 60000000000, series_id
