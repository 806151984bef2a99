select workload, number, name, sha256, path, pages, status, added_at
from documents
where workload = %(workload)s
    and number > %(after)s
    and (%(status)s::text is null or status = %(status)s)
order by number
limit %(limit)s;
