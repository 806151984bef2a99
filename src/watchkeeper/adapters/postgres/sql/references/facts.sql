select name, version, workload, source, row_count, column_names, made_at
from drift_references
order by name collate "C", version desc;
