-- Units whose newest version is not younger than the last touch of their minutes.
SELECT touched.unit
FROM (
    SELECT intDiv(minute, {minutes}) AS unit, max(toUnixTimestamp64Nano(touched_at)) AS touched_ns
    FROM touched_minutes
    GROUP BY unit
) AS touched
LEFT JOIN (
    SELECT unit, max(version) AS version
    FROM {table}
    WHERE marker AND unit IN (SELECT intDiv(minute, {minutes}) FROM touched_minutes)
    GROUP BY unit
) AS made ON made.unit = touched.unit
WHERE touched.touched_ns >= ifNull(made.version, 0)
ORDER BY touched.unit
