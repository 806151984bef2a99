SELECT whole AS unit, {dimensions}, {added_up}
FROM (
    SELECT intDiv(unit, {factor}) AS whole, * EXCEPT (unit)
    FROM {finer}
    WHERE NOT marker AND {bounds} AND (unit, version) IN (
        SELECT unit, max(version) FROM {finer} WHERE marker AND {bounds} GROUP BY unit
    )
) AS part
GROUP BY whole, {dimensions}
