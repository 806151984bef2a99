select release_id, workload, pins, parent, state, share, made_by, made_at, note
from releases
where %(workload)s::text is null or workload = %(workload)s
order by workload collate "C", made_at desc, release_id collate "C" desc;
