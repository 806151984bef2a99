-- Where a page of newest spans ends, from few columns.
SELECT min(start_ns) FROM (
    SELECT spans.start_ns FROM spans WHERE {where} ORDER BY spans.start_ns DESC LIMIT $limit
)
