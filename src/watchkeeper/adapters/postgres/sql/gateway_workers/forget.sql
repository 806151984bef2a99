delete from gateway_workers
where seen_at < %(before)s;
