-- What is stored under the keys given. The inner look-up touches one narrow column; the rest is read
-- only of rows that can be meant (129 ms against 11 ms over 4,200,000 rows when joined at once).
WITH asked AS (
    SELECT
        unnest($trace_ids::VARCHAR[]) AS trace_id,
        unnest($span_ids::VARCHAR[]) AS span_id,
        unnest($trace_crc32s::UINTEGER[]) AS trace_crc32
)
SELECT kept.trace_id, kept.span_id, kept.fingerprint
FROM spans AS kept
SEMI JOIN asked ON kept.trace_id = asked.trace_id AND kept.span_id = asked.span_id
WHERE kept.rowid IN (SELECT near.rowid FROM spans AS near SEMI JOIN asked USING (trace_crc32))
