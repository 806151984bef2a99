-- Figures of some hours or days from those of the minutes or hours in them, each in its newest version.
INSERT INTO {table} (unit, marker, version, {columns})
SELECT intDiv(part.unit, {factor}) AS whole, false, {version}, {dimensions}, {added_up}
FROM {finer} AS part
WHERE NOT part.marker AND {bounds} AND (part.unit, part.version) IN (
    SELECT unit, max(version) FROM {finer} WHERE marker AND {bounds} GROUP BY unit
)
GROUP BY whole, {dimensions}
UNION ALL
SELECT arrayJoin([{units}]), true, {version}, {marker}
SETTINGS max_insert_threads = 1, max_partitions_per_insert_block = 0
