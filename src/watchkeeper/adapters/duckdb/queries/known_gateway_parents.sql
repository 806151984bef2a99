-- Which of the keys given are the parent of a gateway's span that is stored.
SELECT DISTINCT kept.trace_id, kept.parent_span_id
FROM spans AS kept
SEMI JOIN arriving ON kept.trace_id = arriving.trace_id AND kept.parent_span_id = arriving.span_id
WHERE kept.receipt_id IS NOT NULL
    AND kept.rowid IN (SELECT near.rowid FROM spans AS near SEMI JOIN arriving USING (trace_crc32))
