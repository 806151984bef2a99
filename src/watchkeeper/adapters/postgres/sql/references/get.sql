select name, version, workload, source, row_count, column_names, packed, made_at
from drift_references
where name = %(name)s and (%(version)s::integer is null or version = %(version)s)
order by version desc
limit 1;
