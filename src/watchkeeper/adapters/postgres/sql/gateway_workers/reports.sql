select worker_id, gateway, pid, started_at, seen_at, report
from gateway_workers
order by gateway collate "C", started_at, worker_id collate "C";
