-- Rows of every kind once, what was not let in, how far sources were read, and figures of calls.
-- Checked by: the contract suite of the telemetry store. Undone by: a backup of the database.
--
-- No engine of ClickHouse refuses a second row of a key, so writers look keys up first: the projection
-- by_key, sorted by the hash of a key, is written with its part or not at all. Its granules are small, as
-- a look-up of a thousand keys reads a granule for each (measured at 3,000,000 rows: 20 to 40 ms of CPU).
-- fsync_after_insert: what was acknowledged outlives the machine's power, which is not ClickHouse's default.
CREATE TABLE IF NOT EXISTS spans (
    trace_id String,
    span_id String,
    parent_span_id Nullable(String),
    name LowCardinality(String),
    operation LowCardinality(String),
    workload LowCardinality(String),
    start_ns Int64 CODEC(DoubleDelta, ZSTD),
    duration_ns Int64 CODEC(ZSTD),
    ok Bool,
    error_code LowCardinality(Nullable(String)),
    error_message Nullable(String) CODEC(ZSTD),
    http_status Nullable(Int64),
    run_id Nullable(String),
    item_id Nullable(String),
    agent LowCardinality(Nullable(String)),
    route LowCardinality(Nullable(String)),
    target LowCardinality(Nullable(String)),
    provider LowCardinality(Nullable(String)),
    model LowCardinality(Nullable(String)),
    release LowCardinality(Nullable(String)),
    attempt Nullable(Int64),
    finish_reason LowCardinality(Nullable(String)),
    ttft_ms Nullable(Float64),
    input_tokens Nullable(Int64),
    output_tokens Nullable(Int64),
    cache_read_tokens Nullable(Int64),
    cache_write_tokens Nullable(Int64),
    reasoning_tokens Nullable(Int64),
    cost_usd Nullable(Decimal(24, 12)),
    cached Bool,
    degraded Bool,
    json_ok Nullable(Bool),
    schema_ok Nullable(Bool),
    receipt_id Nullable(String),
    prompt_sha256 Nullable(String),
    response_sha256 Nullable(String),
    document_sha256 Nullable(String),
    component LowCardinality(Nullable(String)),
    conversation_id Nullable(String),
    query_type LowCardinality(Nullable(String)),
    prompt_preview Nullable(String) CODEC(ZSTD),
    reply_preview Nullable(String) CODEC(ZSTD),
    attributes String CODEC(ZSTD), -- JSON; '' when there are none
    received_ns Int64 CODEC(DoubleDelta, ZSTD),
    fingerprint FixedString(16), -- equal for spans that say the same
    trace_hash UInt64,
    span_hash UInt64,
    parent_hash UInt64, -- 0 without a parent
    from_gateway Bool, -- has a receipt
    latency_bucket Int32, -- of the duration in ms, as statistics/quantile_sketch counts
    row_id UUID DEFAULT generateUUIDv4(), -- tells rows apart that two servers stored of one span
    PROJECTION by_key (
        SELECT
            trace_hash, span_hash, parent_hash, from_gateway, start_ns, received_ns, fingerprint, row_id,
            trace_id, span_id
        ORDER BY trace_hash
    )
)
ENGINE = MergeTree
PARTITION BY intDiv(start_ns, 604800000000000) -- weeks since the epoch
ORDER BY (start_ns, trace_hash)
SETTINGS
    index_granularity = 512,
    non_replicated_deduplication_window = 1000,
    lightweight_mutation_projection_mode = 'rebuild',
    fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS span_conflicts (
    trace_id String,
    span_id String,
    fingerprint FixedString(16),
    received_ns Int64,
    start_ns Int64,
    trace_hash UInt64,
    span String CODEC(ZSTD) -- JSON of all that was told
)
ENGINE = MergeTree
ORDER BY (trace_hash, span_id, fingerprint)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1;

-- Clients' spans whose call a gateway span tells too: they count no tokens and no cost (law 2).
CREATE TABLE IF NOT EXISTS told_spans (
    start_ns Int64,
    trace_hash UInt64,
    span_hash UInt64,
    trace_id String,
    span_id String
)
ENGINE = ReplacingMergeTree
PARTITION BY intDiv(start_ns, 604800000000000)
ORDER BY (start_ns, trace_hash, span_hash, trace_id, span_id)
SETTINGS fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS read_positions (
    file String,
    read_bytes Int64,
    set_at DateTime64(9) DEFAULT now64(9)
)
ENGINE = ReplacingMergeTree(set_at)
ORDER BY file
SETTINGS fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS unreadable_lines (
    file String,
    begins_at Int64, -- bytes from the file's start
    reason String,
    told_at DateTime64(9) DEFAULT now64(9)
)
ENGINE = MergeTree
ORDER BY (file, begins_at)
SETTINGS fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS metric_points (
    workload LowCardinality(String),
    name LowCardinality(String),
    kind LowCardinality(String),
    unit LowCardinality(String),
    ts_ns Int64 CODEC(DoubleDelta, ZSTD),
    start_ns Nullable(Int64) CODEC(ZSTD),
    value Nullable(Float64) CODEC(ZSTD),
    counted Nullable(UInt64), -- of a histogram, as all that follow
    sum Nullable(Float64),
    min Nullable(Float64),
    max Nullable(Float64),
    bounds Array(Float64),
    counts Array(UInt64),
    tags Map(String, String),
    tags_text String CODEC(ZSTD), -- the same as JSON, sorted: a part of the key
    above Map(Int32, UInt64), -- sketch of figures from 0, as statistics/quantile_sketch counts
    below Map(Int32, UInt64), -- sketch of figures below 0, without their sign
    received_ns Int64 CODEC(DoubleDelta, ZSTD),
    key_hash UInt64,
    key FixedString(16),
    fingerprint FixedString(16),
    row_id UUID DEFAULT generateUUIDv4(),
    PROJECTION by_key (SELECT key_hash, key, fingerprint, received_ns, row_id, ts_ns ORDER BY key_hash)
)
ENGINE = MergeTree
PARTITION BY intDiv(ts_ns, 604800000000000)
ORDER BY (name, workload, ts_ns, key_hash)
SETTINGS
    index_granularity = 1024,
    non_replicated_deduplication_window = 1000,
    lightweight_mutation_projection_mode = 'rebuild',
    fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS log_records (
    workload LowCardinality(String),
    ts_ns Int64 CODEC(DoubleDelta, ZSTD),
    severity_number Nullable(Int64),
    severity_text LowCardinality(Nullable(String)),
    event_name LowCardinality(Nullable(String)),
    body Nullable(String) CODEC(ZSTD),
    trace_id Nullable(String),
    span_id Nullable(String),
    attributes String CODEC(ZSTD),
    received_ns Int64 CODEC(DoubleDelta, ZSTD),
    key_hash UInt64,
    key FixedString(16),
    fingerprint FixedString(16),
    row_id UUID DEFAULT generateUUIDv4(),
    PROJECTION by_key (SELECT key_hash, key, fingerprint, received_ns, row_id, ts_ns ORDER BY key_hash)
)
ENGINE = MergeTree
PARTITION BY intDiv(ts_ns, 604800000000000)
ORDER BY (ts_ns, key_hash)
SETTINGS
    index_granularity = 1024,
    non_replicated_deduplication_window = 1000,
    lightweight_mutation_projection_mode = 'rebuild',
    fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS evaluations (
    evaluation_id String,
    workload LowCardinality(String),
    ts_ns Int64 CODEC(DoubleDelta, ZSTD),
    name LowCardinality(String),
    value Nullable(Float64),
    label LowCardinality(Nullable(String)),
    explanation Nullable(String) CODEC(ZSTD),
    evaluator LowCardinality(Nullable(String)),
    error Nullable(String) CODEC(ZSTD),
    trace_id Nullable(String),
    span_id Nullable(String),
    response_id Nullable(String),
    received_ns Int64 CODEC(DoubleDelta, ZSTD),
    key_hash UInt64,
    key FixedString(16),
    fingerprint FixedString(16),
    row_id UUID DEFAULT generateUUIDv4(),
    PROJECTION by_key (SELECT key_hash, key, fingerprint, received_ns, row_id, ts_ns ORDER BY key_hash)
)
ENGINE = MergeTree
PARTITION BY intDiv(ts_ns, 604800000000000)
ORDER BY (ts_ns, key_hash)
SETTINGS
    index_granularity = 1024,
    non_replicated_deduplication_window = 1000,
    lightweight_mutation_projection_mode = 'rebuild',
    fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS feedback (
    feedback_id String,
    workload LowCardinality(String),
    ts_ns Int64 CODEC(DoubleDelta, ZSTD),
    rating LowCardinality(Nullable(String)),
    comment Nullable(String) CODEC(ZSTD),
    correction Nullable(String) CODEC(ZSTD),
    author Nullable(String),
    query_id Nullable(String),
    trace_id Nullable(String),
    span_id Nullable(String),
    received_ns Int64 CODEC(DoubleDelta, ZSTD),
    key_hash UInt64,
    key FixedString(16),
    fingerprint FixedString(16),
    row_id UUID DEFAULT generateUUIDv4(),
    PROJECTION by_key (SELECT key_hash, key, fingerprint, received_ns, row_id, ts_ns ORDER BY key_hash)
)
ENGINE = MergeTree
PARTITION BY intDiv(ts_ns, 604800000000000)
ORDER BY (ts_ns, key_hash)
SETTINGS
    index_granularity = 1024,
    non_replicated_deduplication_window = 1000,
    lightweight_mutation_projection_mode = 'rebuild',
    fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS query_records (
    query_id String,
    workload LowCardinality(String),
    ts_ns Int64 CODEC(DoubleDelta, ZSTD),
    latency_ms Float64,
    query_type LowCardinality(Nullable(String)),
    text Nullable(String) CODEC(ZSTD),
    used_history Nullable(Bool),
    used_tools Nullable(Bool),
    tokens_generated Nullable(Int64),
    results Nullable(Int64),
    ndcg Nullable(Float64),
    components Array(String),
    error Nullable(String) CODEC(ZSTD),
    degraded Bool,
    trace_id Nullable(String),
    attributes Array(Tuple(String, String)),
    received_ns Int64 CODEC(DoubleDelta, ZSTD),
    key_hash UInt64,
    key FixedString(16),
    fingerprint FixedString(16),
    row_id UUID DEFAULT generateUUIDv4(),
    PROJECTION by_key (SELECT key_hash, key, fingerprint, received_ns, row_id, ts_ns ORDER BY key_hash)
)
ENGINE = MergeTree
PARTITION BY intDiv(ts_ns, 604800000000000)
ORDER BY (ts_ns, key_hash)
SETTINGS
    index_granularity = 1024,
    non_replicated_deduplication_window = 1000,
    lightweight_mutation_projection_mode = 'rebuild',
    fsync_after_insert = 1;

-- Minutes into which rows came, told after the rows: figures of a minute are made anew from its rows
-- while this is not older than they are.
CREATE TABLE IF NOT EXISTS touched_minutes (
    minute UInt32, -- since the epoch
    touched_at DateTime64(9) DEFAULT now64(9)
)
ENGINE = ReplacingMergeTree(touched_at)
ORDER BY minute
TTL toDateTime(touched_at) + INTERVAL 30 DAY
SETTINGS fsync_after_insert = 1;

-- Figures of calls, a row for each unit of time and group. A unit is always written whole: only rows of
-- its newest version count, and a row marked `marker` stands in each version, so that a unit that has
-- become empty has one too. Merging drops the older versions.
CREATE TABLE IF NOT EXISTS rollup_minutes (
    unit UInt32, -- minutes since the epoch
    marker Bool,
    version UInt64, -- nanoseconds since the epoch when making it began, by this server's clock
    workload LowCardinality(String),
    operation LowCardinality(String),
    ok Bool,
    error_code LowCardinality(Nullable(String)),
    agent LowCardinality(Nullable(String)),
    route LowCardinality(Nullable(String)),
    target LowCardinality(Nullable(String)),
    provider LowCardinality(Nullable(String)),
    model LowCardinality(Nullable(String)),
    release LowCardinality(Nullable(String)),
    component LowCardinality(Nullable(String)),
    query_type LowCardinality(Nullable(String)),
    from_gateway Bool,
    counts Bool, -- false for clients' spans whose call a gateway span tells too
    calls UInt64,
    failed UInt64,
    model_calls UInt64,
    input_tokens UInt128,
    input_tokens_known UInt64,
    output_tokens UInt128,
    output_tokens_known UInt64,
    cache_read_tokens UInt128,
    cache_read_tokens_known UInt64,
    cache_write_tokens UInt128,
    cache_write_tokens_known UInt64,
    reasoning_tokens UInt128,
    reasoning_tokens_known UInt64,
    cost_usd Decimal(38, 12),
    cost_usd_known UInt64,
    cached UInt64,
    degraded UInt64,
    duration_sum_ns UInt128,
    duration_max_ns Int64,
    latency Map(Int32, UInt64) -- sketch of durations in ms: buckets to counts
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY intDiv(unit, 43200)
ORDER BY (
    unit, marker, workload, operation, ok, error_code, agent, route, target, provider, model, release,
    component, query_type, from_gateway, counts
)
PRIMARY KEY (unit, marker)
SETTINGS allow_nullable_key = 1, fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS rollup_hours AS rollup_minutes
ENGINE = ReplacingMergeTree(version)
PARTITION BY intDiv(unit, 8760)
ORDER BY (
    unit, marker, workload, operation, ok, error_code, agent, route, target, provider, model, release,
    component, query_type, from_gateway, counts
)
PRIMARY KEY (unit, marker)
SETTINGS allow_nullable_key = 1, fsync_after_insert = 1;

CREATE TABLE IF NOT EXISTS rollup_days AS rollup_minutes
ENGINE = ReplacingMergeTree(version)
ORDER BY (
    unit, marker, workload, operation, ok, error_code, agent, route, target, provider, model, release,
    component, query_type, from_gateway, counts
)
PRIMARY KEY (unit, marker)
SETTINGS allow_nullable_key = 1, fsync_after_insert = 1
