UPDATE spans SET counts = false, series_id = arriving.series_id
FROM arriving
WHERE spans.rowid = arriving.row_id
