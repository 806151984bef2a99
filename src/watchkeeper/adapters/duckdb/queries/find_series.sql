SELECT series_id FROM call_series
WHERE workload = $1
    AND operation = $2
    AND provider IS NOT DISTINCT FROM $3
    AND model IS NOT DISTINCT FROM $4
    AND route IS NOT DISTINCT FROM $5
    AND target IS NOT DISTINCT FROM $6
    AND release IS NOT DISTINCT FROM $7
    AND agent IS NOT DISTINCT FROM $8
    AND component IS NOT DISTINCT FROM $9
    AND query_type IS NOT DISTINCT FROM $10
    AND error_code IS NOT DISTINCT FROM $11
    AND ok = $12
    AND cached = $13
    AND degraded = $14
    AND gateway = $15
    AND counts = $16
LIMIT 1
