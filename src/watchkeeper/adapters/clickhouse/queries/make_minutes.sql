-- Figures of some minutes from their rows. One thread writes a minute's rows as one part, with its marker,
-- so that nobody ever sees half of them.
INSERT INTO {table} (unit, marker, version, {columns})
SELECT unit, false, {version}, {dimensions}, {added_up}
FROM (
    SELECT intDiv(row.start_ns, 60000000000) AS unit, {dimensions}, {figures}
    FROM (SELECT *, {counts} AS counts FROM spans WHERE {bounds}) AS row
) AS part
GROUP BY unit, {dimensions}
UNION ALL
SELECT arrayJoin([{units}]), true, {version}, {marker}
SETTINGS max_insert_threads = 1, max_partitions_per_insert_block = 0
