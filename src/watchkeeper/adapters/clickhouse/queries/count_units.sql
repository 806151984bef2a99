-- Minutes that have rows or figures.
SELECT uniqExact(unit) FROM (
    SELECT intDiv(start_ns, 60000000000) AS unit FROM spans
    UNION ALL
    SELECT unit FROM {table}
    WHERE NOT marker
        AND (unit, version) IN (SELECT unit, max(version) FROM {table} WHERE marker GROUP BY unit)
)
