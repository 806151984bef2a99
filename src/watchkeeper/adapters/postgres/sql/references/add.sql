insert into drift_references (
    name, version, workload, source, row_count, column_names, packed, made_at
)
select
    %(name)s, coalesce(max(version), 0) + 1, %(workload)s, %(source)s, %(rows)s, %(columns)s, %(packed)s,
    %(made_at)s
from drift_references
where name = %(name)s
returning version;
