-- Days since the epoch that have rows or figures, and how many rows.
SELECT day, sum(calls) FROM (
    SELECT intDiv(start_ns, 86400000000000) AS day, 1 AS calls FROM spans
    UNION ALL
    SELECT intDiv(unit, 1440) AS day, 0 AS calls FROM rollup_minutes WHERE marker
    UNION ALL
    SELECT intDiv(unit, 24) AS day, 0 AS calls FROM rollup_hours WHERE marker
    UNION ALL
    SELECT toInt64(unit) AS day, 0 AS calls FROM rollup_days WHERE marker
)
GROUP BY day
ORDER BY day
