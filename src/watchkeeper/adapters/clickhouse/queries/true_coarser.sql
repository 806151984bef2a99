SELECT intDiv(part.unit, {factor}) AS unit, {dimensions}, {added_up}
FROM {finer} AS part
WHERE NOT part.marker
    AND (part.unit, part.version) IN (SELECT unit, max(version) FROM {finer} WHERE marker GROUP BY unit)
GROUP BY intDiv(part.unit, {factor}), {dimensions}
