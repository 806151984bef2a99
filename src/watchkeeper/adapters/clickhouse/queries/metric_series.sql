-- Of a histogram with figures each, `counted > 0`: what one of them does not keep, all together do not.
SELECT
    {begins} AS begins,
    kind,
    {groups}count() AS points,
    sum(ifNull(counted, 0)) AS figures,
    countIf(counted > 0) AS some,
    sumKahanIf(metric_points.sum, counted > 0) AS total,
    countIf(counted > 0 AND metric_points.sum IS NOT NULL) AS known_sums,
    minIf(metric_points.min, counted > 0) AS least,
    maxIf(metric_points.max, counted > 0) AS most,
    count(value) AS values,
    sumKahan(value) AS sum_of_values,
    min(value) AS least_value,
    max(value) AS largest_value,
    argMax(value, (ts_ns, workload, name, kind, tags_text)) AS last_value,
    sumMap(above) AS sketch,
    sumMap(below) AS below_zero,
    countIf(counted > 0 AND metric_points.min IS NOT NULL) AS known_least,
    countIf(counted > 0 AND metric_points.max IS NOT NULL) AS known_most
FROM metric_points
WHERE {where}
GROUP BY begins, kind{grouped}
