update runs
set status = 'interrupted'
where status = 'running' and run_id = any(%(run_ids)s::text[])
returning run_id;
