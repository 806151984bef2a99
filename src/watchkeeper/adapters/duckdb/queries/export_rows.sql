COPY (
    SELECT {columns} FROM {source}
    WHERE {instant} >= {since_ns} AND {instant} < {until_ns}
    ORDER BY {instant}
) TO '{file}' (FORMAT parquet, COMPRESSION zstd)
