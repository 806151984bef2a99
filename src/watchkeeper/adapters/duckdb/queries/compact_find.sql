-- Where rows have come since the last time, and several stand for one key.
CREATE OR REPLACE TEMP TABLE crowded AS
SELECT minute_no FROM {table}
WHERE minute_no IN (SELECT minute_no FROM {table} WHERE fold > $compacted OR fold < 0)
GROUP BY minute_no
HAVING count(*) > 1.5 * count(DISTINCT ({keys}))
