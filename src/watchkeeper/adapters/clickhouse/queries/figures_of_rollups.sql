SELECT {begins} AS begins, {groups}{added_up}
FROM {table} AS part
WHERE NOT part.marker AND part.unit >= {first} AND part.unit < {end} AND {where}
    AND (part.unit, part.version) IN (
        SELECT unit, max(version) FROM {table} WHERE marker AND unit >= {first} AND unit < {end} GROUP BY unit
    )
GROUP BY begins{grouped}
