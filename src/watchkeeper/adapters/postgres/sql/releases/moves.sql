select release_id, workload, before, after, share, by, reason, at
from release_moves
where
    (%(release_id)s::text is null or release_id = %(release_id)s)
    and (%(workload)s::text is null or workload = %(workload)s)
order by seq;
