delete from gateway_workers
where worker_id = %(worker_id)s;
