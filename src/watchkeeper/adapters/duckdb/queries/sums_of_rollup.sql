SELECT rollup.minute_no AS minute_no, series_id, {columns}
FROM {table} AS rollup
WHERE rollup.minute_no >= {from_at} AND rollup.minute_no < {before_at}
