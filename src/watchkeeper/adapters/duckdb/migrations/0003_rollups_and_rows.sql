-- Figures of calls by series, minute and hour; latency sketches; points, logs, evaluations, feedback, queries.
-- Checked by: the contract suite of the telemetry store, and `verify_rollups`. Undone by: restoring the
-- backup beside the file.
--
-- A series is one combination of what calls are grouped by; a span carries its number. Rows up to
-- rollup_state.folded are in the rollups, later ones are added up from the rows when asked.
CREATE TABLE call_series (
    series_id INTEGER NOT NULL,
    workload VARCHAR NOT NULL,
    operation VARCHAR NOT NULL,
    provider VARCHAR,
    model VARCHAR,
    route VARCHAR,
    target VARCHAR,
    release VARCHAR,
    agent VARCHAR,
    component VARCHAR,
    query_type VARCHAR,
    error_code VARCHAR,
    ok BOOLEAN NOT NULL,
    cached BOOLEAN NOT NULL,
    degraded BOOLEAN NOT NULL,
    gateway BOOLEAN NOT NULL, -- has a receipt
    counts BOOLEAN NOT NULL, -- tokens and cost count: a model operation no gateway span tells too (law 2)
    status VARCHAR NOT NULL, -- ok, else the error's code, else error
    coarse_id INTEGER NOT NULL -- the same for all series of one workload
);

CREATE TABLE marked AS
SELECT
    spans.* EXCLUDE (fingerprint),
    receipt_id IS NOT NULL AS gateway,
    operation IN ('chat', 'generate_content', 'text_completion', 'embeddings')
    AND (
        receipt_id IS NOT NULL
        OR (trace_id, span_id) NOT IN (
            SELECT (trace_id, parent_span_id) FROM spans
            WHERE receipt_id IS NOT NULL AND parent_span_id IS NOT NULL
        )
    ) AS counts
FROM spans;

INSERT INTO call_series
SELECT
    row_number() OVER () AS series_id,
    *,
    CASE WHEN ok THEN 'ok' ELSE coalesce(nullif(error_code, ''), 'error') END AS status,
    dense_rank() OVER (ORDER BY workload) AS coarse_id
FROM (
    SELECT DISTINCT
        workload, operation, provider, model, route, target, release, agent, component, query_type,
        error_code, ok, cached, degraded, gateway, counts
    FROM marked
);

CREATE TABLE kept_spans AS
SELECT
    marked.* EXCLUDE (gateway),
    series.series_id,
    -- The bucket of the duration in milliseconds (statistics/quantile_sketch), -32768 of none.
    CASE
        WHEN duration_ns = 0 THEN -32768
        ELSE ceil(ln(duration_ns / 1000000.0) / ln(1.01 / 0.99))
    END::SMALLINT AS latency_bucket,
    row_number() OVER () AS seq
FROM marked
JOIN call_series AS series
    ON series.workload = marked.workload
    AND series.operation = marked.operation
    AND series.provider IS NOT DISTINCT FROM marked.provider
    AND series.model IS NOT DISTINCT FROM marked.model
    AND series.route IS NOT DISTINCT FROM marked.route
    AND series.target IS NOT DISTINCT FROM marked.target
    AND series.release IS NOT DISTINCT FROM marked.release
    AND series.agent IS NOT DISTINCT FROM marked.agent
    AND series.component IS NOT DISTINCT FROM marked.component
    AND series.query_type IS NOT DISTINCT FROM marked.query_type
    AND series.error_code IS NOT DISTINCT FROM marked.error_code
    AND series.ok = marked.ok
    AND series.cached = marked.cached
    AND series.degraded = marked.degraded
    AND series.gateway = marked.gateway
    AND series.counts = marked.counts;

DROP TABLE marked;
DROP TABLE spans;

-- No key of a span is looked up by its fingerprint any more: what has the same key is read and compared.
CREATE TABLE spans (
    trace_id VARCHAR NOT NULL,
    span_id VARCHAR NOT NULL,
    parent_span_id VARCHAR,
    name VARCHAR NOT NULL,
    operation VARCHAR NOT NULL,
    workload VARCHAR NOT NULL,
    start_ns BIGINT NOT NULL,
    duration_ns BIGINT NOT NULL,
    ok BOOLEAN NOT NULL,
    error_code VARCHAR,
    error_message VARCHAR,
    http_status BIGINT,
    run_id VARCHAR,
    item_id VARCHAR,
    agent VARCHAR,
    route VARCHAR,
    target VARCHAR,
    provider VARCHAR,
    model VARCHAR,
    release VARCHAR,
    attempt BIGINT,
    finish_reason VARCHAR,
    ttft_ms DOUBLE,
    input_tokens BIGINT,
    output_tokens BIGINT,
    cache_read_tokens BIGINT,
    cache_write_tokens BIGINT,
    reasoning_tokens BIGINT,
    cost_usd DECIMAL(24, 12),
    cached BOOLEAN NOT NULL,
    degraded BOOLEAN NOT NULL,
    json_ok BOOLEAN,
    schema_ok BOOLEAN,
    receipt_id VARCHAR,
    prompt_sha256 VARCHAR,
    response_sha256 VARCHAR,
    document_sha256 VARCHAR,
    component VARCHAR,
    conversation_id VARCHAR,
    query_type VARCHAR,
    prompt_preview VARCHAR,
    reply_preview VARCHAR,
    attributes VARCHAR, -- JSON; NULL when there are none
    received_ns BIGINT NOT NULL,
    trace_crc32 UINTEGER NOT NULL, -- of trace_id in UTF-8; narrows a look-up by trace
    series_id INTEGER NOT NULL,
    latency_bucket SMALLINT NOT NULL,
    counts BOOLEAN NOT NULL, -- as of its series
    seq BIGINT NOT NULL -- rising in the order rows came
);

INSERT INTO spans BY NAME SELECT * FROM kept_spans;
DROP TABLE kept_spans;

CREATE TABLE rollup_state (
    folded BIGINT NOT NULL, -- the last seq that is in the rollups
    folds BIGINT NOT NULL,
    compacted BIGINT NOT NULL -- the last fold whose rows were worked into one a key
);
INSERT INTO rollup_state VALUES (0, 0, 0);

-- Rows of one key add up; there may be several until they are worked into one.
CREATE TABLE minute_calls (
    minute_no INTEGER NOT NULL, -- minutes since the epoch
    series_id INTEGER NOT NULL,
    calls HUGEINT NOT NULL,
    model_calls HUGEINT NOT NULL,
    input_tokens HUGEINT NOT NULL,
    input_known HUGEINT NOT NULL,
    output_tokens HUGEINT NOT NULL,
    output_known HUGEINT NOT NULL,
    cache_read_tokens HUGEINT NOT NULL,
    cache_read_known HUGEINT NOT NULL,
    cache_write_tokens HUGEINT NOT NULL,
    cache_write_known HUGEINT NOT NULL,
    reasoning_tokens HUGEINT NOT NULL,
    reasoning_known HUGEINT NOT NULL,
    cost_usd DECIMAL(38, 12) NOT NULL,
    cost_known HUGEINT NOT NULL,
    duration_sum_ns HUGEINT NOT NULL,
    duration_max_ns BIGINT NOT NULL,
    fold BIGINT NOT NULL
);
-- The same by hour, `minute_no` its first minute.
CREATE TABLE hour_calls AS SELECT * FROM minute_calls;

CREATE TABLE day_latency (
    minute_no INTEGER NOT NULL, -- the first minute, since the epoch, of the UTC day
    series_id INTEGER NOT NULL,
    latency_bucket SMALLINT NOT NULL,
    calls BIGINT NOT NULL,
    fold BIGINT NOT NULL
);

CREATE TABLE hour_latency (
    minute_no INTEGER NOT NULL,
    coarse_id INTEGER NOT NULL,
    latency_bucket SMALLINT NOT NULL,
    calls BIGINT NOT NULL,
    fold BIGINT NOT NULL
);

CREATE TABLE metric_series (
    series_id INTEGER NOT NULL,
    workload VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    tags VARCHAR NOT NULL, -- JSON, keys sorted
    unit VARCHAR NOT NULL -- as it was told first
);

CREATE TABLE metric_points (
    series_id INTEGER NOT NULL,
    ts_ns BIGINT NOT NULL,
    start_ns BIGINT,
    unit VARCHAR NOT NULL,
    value DOUBLE,
    bucket_count BIGINT, -- NULL unless it is a histogram
    bucket_sum DOUBLE,
    bucket_min DOUBLE,
    bucket_max DOUBLE,
    bucket_bounds VARCHAR, -- JSON, rising
    bucket_counts VARCHAR, -- JSON, one more than the bounds
    received_ns BIGINT NOT NULL
);

CREATE TABLE log_records (
    workload VARCHAR NOT NULL,
    ts_ns BIGINT NOT NULL,
    severity_number BIGINT,
    severity_text VARCHAR,
    event_name VARCHAR,
    body VARCHAR,
    trace_id VARCHAR,
    span_id VARCHAR,
    attributes VARCHAR, -- JSON; NULL when there are none
    received_ns BIGINT NOT NULL
);

CREATE TABLE evaluations (
    evaluation_id VARCHAR NOT NULL,
    workload VARCHAR NOT NULL,
    ts_ns BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    value DOUBLE,
    label VARCHAR,
    explanation VARCHAR,
    evaluator VARCHAR,
    error VARCHAR,
    trace_id VARCHAR,
    span_id VARCHAR,
    response_id VARCHAR,
    id_crc32 UINTEGER NOT NULL,
    received_ns BIGINT NOT NULL
);

CREATE TABLE feedback (
    feedback_id VARCHAR NOT NULL,
    workload VARCHAR NOT NULL,
    ts_ns BIGINT NOT NULL,
    rating VARCHAR,
    comment VARCHAR,
    correction VARCHAR,
    author VARCHAR,
    query_id VARCHAR,
    trace_id VARCHAR,
    span_id VARCHAR,
    id_crc32 UINTEGER NOT NULL,
    received_ns BIGINT NOT NULL
);

CREATE TABLE queries (
    query_id VARCHAR NOT NULL,
    workload VARCHAR NOT NULL,
    ts_ns BIGINT NOT NULL,
    latency_ms DOUBLE NOT NULL,
    query_type VARCHAR,
    text VARCHAR,
    used_history BOOLEAN,
    used_tools BOOLEAN,
    tokens_generated BIGINT,
    results BIGINT,
    ndcg DOUBLE,
    components VARCHAR NOT NULL, -- JSON, in order
    error VARCHAR,
    degraded BOOLEAN NOT NULL,
    trace_id VARCHAR,
    attributes VARCHAR NOT NULL, -- JSON, pairs in order
    id_crc32 UINTEGER NOT NULL,
    received_ns BIGINT NOT NULL
);
