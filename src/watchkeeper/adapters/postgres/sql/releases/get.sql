select release_id, workload, pins, parent, state, share, made_by, made_at, note
from releases
where release_id = %(release_id)s;
