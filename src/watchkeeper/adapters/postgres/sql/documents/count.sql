select count(*)
from documents
where workload = %(workload)s and (%(status)s::text is null or status = %(status)s);
