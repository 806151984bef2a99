CREATE OR REPLACE TEMP TABLE merged AS
SELECT minute_no, {keys}, {added_up}, 0 AS fold
FROM {table}
WHERE minute_no IN (SELECT minute_no FROM crowded)
GROUP BY minute_no, {keys}
