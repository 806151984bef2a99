SELECT DISTINCT unit FROM (
    SELECT intDiv(start_ns, {minutes} * 60000000000) AS unit FROM spans
    UNION ALL
    SELECT unit FROM {table} WHERE marker
)
ORDER BY unit
