-- Units whose figures are not those of their source, group by group, and a last row with their number.
WITH differing AS (
    SELECT
        unit,
        sumIf(calls, side = 'source') AS source_calls,
        sumIf(calls, side = 'made') AS made_calls
    FROM (
        SELECT unit, 'source' AS side, calls, cityHash64(tuple({columns})) AS told FROM ({source})
        UNION ALL
        SELECT unit, 'made' AS side, calls, cityHash64(tuple({columns})) AS told
        FROM {table}
        WHERE NOT marker AND {bounds}
            AND (unit, version) IN (
                SELECT unit, max(version) FROM {table} WHERE marker AND {bounds} GROUP BY unit
            )
    )
    GROUP BY unit
    HAVING groupBitXorIf(told, side = 'source') != groupBitXorIf(told, side = 'made')
        OR countIf(side = 'source') != countIf(side = 'made')
)
SELECT * FROM (
    SELECT toNullable(unit) AS unit, source_calls, made_calls, 1 AS wrong FROM differing ORDER BY unit LIMIT {told}
)
UNION ALL
SELECT NULL, 0, 0, count() FROM differing
