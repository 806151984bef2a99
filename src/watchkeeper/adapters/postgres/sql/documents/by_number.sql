select workload, number, name, sha256, path, pages, status, added_at
from documents
where workload = %(workload)s and number = %(number)s;
