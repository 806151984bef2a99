SELECT
    workload,
    name,
    kind,
    argMin(unit, (received_ns, inserted_at, ts_ns)) AS told_unit,
    arrayDistinct(arrayFlatten(groupUniqArray(mapKeys(tags)))) AS tag_names,
    uniqExact(tags_text) AS series
FROM metric_points
WHERE {where}
GROUP BY workload, name, kind
ORDER BY workload, name, kind
