SELECT {columns} FROM metric_points AS kept
SEMI JOIN arriving ON kept.series_id = arriving.series_id AND kept.ts_ns = arriving.ts_ns
WHERE kept.ts_ns >= $first AND kept.ts_ns <= $last
