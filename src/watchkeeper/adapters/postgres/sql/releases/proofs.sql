select release_id, workload, "check", verdict, told, by, at
from release_proofs
where release_id = %(release_id)s
order by seq desc;
