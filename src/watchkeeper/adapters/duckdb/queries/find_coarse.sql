SELECT coarse_id FROM call_series
WHERE workload = $1
    AND operation = $2
    AND provider IS NOT DISTINCT FROM $3
    AND model IS NOT DISTINCT FROM $4
LIMIT 1
