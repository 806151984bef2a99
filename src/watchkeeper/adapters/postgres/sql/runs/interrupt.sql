update runs
set status = 'interrupted'
where status = 'running' and run_id <> all(%(alive)s::text[])
returning run_id;
