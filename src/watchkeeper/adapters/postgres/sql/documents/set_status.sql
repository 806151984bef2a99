update documents
set status = %(status)s, pages = coalesce(%(pages)s::integer, pages)
where workload = %(workload)s and sha256 = %(sha256)s
returning workload, number, name, sha256, path, pages, status, added_at;
