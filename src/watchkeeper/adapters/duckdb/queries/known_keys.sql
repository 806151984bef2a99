-- Where the keys given are stored. The inner look-up touches one narrow column; the ids are read only of
-- rows that can be meant (129 ms against 11 ms over 4,200,000 rows when joined at once).
SELECT kept.rowid, kept.trace_id, kept.span_id
FROM spans AS kept
SEMI JOIN arriving ON kept.trace_id = arriving.trace_id AND kept.span_id = arriving.span_id
WHERE kept.rowid IN (SELECT near.rowid FROM spans AS near SEMI JOIN arriving USING (trace_crc32))
