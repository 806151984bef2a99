SELECT unit, {dimensions}, {added_up}
FROM (
    SELECT intDiv(row.start_ns, 60000000000) AS unit, {dimensions}, {figures}
    FROM (SELECT *, {counts} AS counts FROM spans WHERE {bounds}) AS row
) AS part
GROUP BY unit, {dimensions}
