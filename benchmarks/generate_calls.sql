-- Calls of one day: five spans a trace, latencies log-normal, series drawn unevenly.
INSERT INTO spans BY NAME
SELECT
    md5((n // 5)::VARCHAR) AS trace_id,
    substr(md5('s' || n), 1, 16) AS span_id,
    CASE WHEN n % 5 > 0 THEN substr(md5('s' || (n - n % 5)), 1, 16) END AS parent_span_id,
    series.operation || ' ' || coalesce(series.model, '') AS name,
    series.operation, series.workload, series.provider, series.model, series.route, series.target,
    series.release, series.agent, series.component, series.query_type, series.error_code, series.ok,
    series.cached, series.degraded,
    CASE WHEN series.ok THEN NULL ELSE series.error_code || ': it did not answer' END AS error_message,
    CASE WHEN series.ok THEN 200 ELSE 504 END AS http_status,
    'RUN_' || (n // 5000) AS run_id,
    (n // 5)::VARCHAR AS item_id,
    1 AS attempt,
    'stop' AS finish_reason,
    40 + chance % 900 / 10.0 AS ttft_ms,
    CASE WHEN series.counts THEN 200 + chance % 1800 END AS input_tokens,
    CASE WHEN series.counts THEN 20 + chance % 380 END AS output_tokens,
    CASE WHEN series.counts THEN ((200 + chance % 1800) * 0.00000015)::DECIMAL(24, 12) END AS cost_usd,
    series.ok AS json_ok,
    CASE WHEN series.gateway THEN substr(md5('r' || n), 1, 26) END AS receipt_id,
    md5('p' || (n // 2)) || md5('q' || (n // 2)) AS prompt_sha256,
    md5('a' || n) || md5('b' || n) AS response_sha256,
    start_ns,
    duration_ns,
    start_ns + duration_ns AS received_ns,
    arriving.crc AS trace_crc32,
    series.series_id,
    ceil(ln(duration_ns / 1000000.0) / ln(1.01 / 0.99))::SMALLINT AS latency_bucket,
    series.counts,
    n + 1 AS seq
FROM (
    SELECT
        n,
        chance,
        $from_ns + (n - $first) * ($day_ns // $calls) AS start_ns,
        (1000000 * exp(6 + 0.8 * sqrt(-2 * ln((hash(n * 3) % 1000000 + 1) / 1000001.0))
            * cos(6.283185307 * (hash(n * 5) % 1000000) / 1000000.0)))::BIGINT AS duration_ns,
        -- The smaller of two draws: a few series have most of the calls.
        1 + least(hash(n * 7) % $series, hash(n * 11) % $series)::INTEGER AS series_id
    FROM (SELECT n, (hash(n) % 1000000)::INTEGER AS chance FROM (SELECT unnest(range($first, $first + $calls)) AS n))
) AS drawn
JOIN call_series AS series USING (series_id)
JOIN arriving ON arriving.trace_no = n // 5 -- the engine has no crc32
ORDER BY n
