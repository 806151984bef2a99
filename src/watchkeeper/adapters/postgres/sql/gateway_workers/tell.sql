insert into gateway_workers (worker_id, gateway, pid, started_at, seen_at, report)
values (%(worker_id)s, %(gateway)s, %(pid)s, %(started_at)s, %(seen_at)s, %(report)s)
on conflict (worker_id) do update set
    seen_at = excluded.seen_at,
    report = excluded.report;
