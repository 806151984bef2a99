SELECT coarse_id FROM call_series WHERE workload = $1 LIMIT 1
