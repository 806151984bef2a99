SELECT
    start_ns // 60000000000 AS minute, -- since the epoch
    count(*) AS requests,
    count(*) FILTER (NOT ok) AS errors,
    sum(duration_ns) AS duration_sum_ns,
    max(duration_ns) AS duration_max_ns
FROM spans
WHERE {where} AND start_ns >= $from_ns AND start_ns < $before_ns
GROUP BY minute
