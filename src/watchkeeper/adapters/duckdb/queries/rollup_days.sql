-- Every day that has rows or figures.
SELECT start_ns // 86400000000000 AS day FROM spans
UNION SELECT minute_no // 1440 FROM minute_calls
UNION SELECT minute_no // 1440 FROM hour_calls
UNION SELECT minute_no // 1440 FROM day_latency
UNION SELECT minute_no // 1440 FROM hour_latency
ORDER BY day
