SELECT
    series_id, coarse_id,
    workload, operation, provider, model, route, target, release, agent, component, query_type, error_code,
    ok, cached, degraded, gateway, counts
FROM call_series ORDER BY series_id DESC LIMIT $limit
