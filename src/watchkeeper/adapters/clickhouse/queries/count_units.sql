-- Minutes that have rows or figures.
SELECT uniqExact(unit) FROM (
    SELECT intDiv(start_ns, 60000000000) AS unit FROM spans WHERE {of_rows}
    UNION ALL
    SELECT unit FROM {table}
    WHERE NOT marker AND {bounds}
        AND (unit, version) IN (SELECT unit, max(version) FROM {table} WHERE marker AND {bounds} GROUP BY unit)
)
