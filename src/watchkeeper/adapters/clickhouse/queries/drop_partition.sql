ALTER TABLE {table} DROP PARTITION ID '{partition}'
