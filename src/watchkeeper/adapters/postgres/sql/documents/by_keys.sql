select d.workload, d.number, d.name, d.sha256, d.path, d.pages, d.status, d.added_at
from documents as d
join unnest(%(workload)s::text[], %(sha256)s::text[]) as k (workload, sha256) using (workload, sha256);
