select
    run_id, workload, status, production, preflight, coaching, items, started_at, finished_at, ok,
    needs_ocr, failed, pages, seconds, details
from runs
where status = 'running'
order by started_at desc, run_id collate "C" desc;
