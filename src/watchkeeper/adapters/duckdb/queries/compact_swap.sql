DELETE FROM {table} WHERE minute_no IN (SELECT minute_no FROM crowded);
INSERT INTO {table} SELECT * FROM merged ORDER BY ALL;
