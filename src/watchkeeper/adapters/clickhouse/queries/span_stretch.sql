-- Read from both ends of the sorted table; nothing where there are no rows.
SELECT
    (SELECT start_ns FROM spans ORDER BY start_ns LIMIT 1) AS oldest,
    (SELECT start_ns FROM spans ORDER BY start_ns DESC LIMIT 1) AS newest
