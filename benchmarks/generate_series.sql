INSERT INTO call_series
SELECT
    n + 1 AS series_id,
    'workload-' || n % 5 AS workload,
    CASE WHEN n % 8 = 7 THEN 'invoke_agent' WHEN n % 8 = 6 THEN 'embeddings' ELSE 'chat' END AS operation,
    'provider-' || n % 3 AS provider,
    'model-' || n % 7 AS model,
    'route-' || n % 4 AS route,
    'target-' || n % 7 AS target,
    'r-' || n // 120 AS release,
    'agent-' || n % 11 AS agent,
    NULL AS component,
    'type-' || n % 6 AS query_type,
    CASE WHEN n % 13 = 12 THEN 'target_timeout' END AS error_code,
    n % 13 < 12 AS ok,
    n % 17 = 16 AS cached,
    n % 19 = 18 AS degraded,
    n % 8 < 7 AS gateway,
    n % 8 < 7 AS counts,
    CASE WHEN n % 13 = 12 THEN 'target_timeout' ELSE 'ok' END AS status,
    dense_rank() OVER (ORDER BY workload) AS coarse_id
FROM (SELECT unnest(range($series)) AS n)
