select
    run_id, workload, status, production, preflight, coaching, items, started_at, finished_at, ok,
    needs_ocr, failed, pages, seconds, details
from runs
where %(workload)s::text is null or workload = %(workload)s
order by started_at desc, run_id collate "C" desc
limit %(limit)s;
