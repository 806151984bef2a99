-- Every span once, how far its sources were read, and what was not let in.
-- Checked by: the contract suite of the telemetry store. Undone by: restoring the backup beside the file.
--
-- No unique index holds (trace_id, span_id): measured on two cores, a primary key slowed 1,000-row
-- commits from 40,000 rows/s in an empty table to 17,000 rows/s at 500,000 rows and goes on falling,
-- as each checkpoint writes the index anew. There is one writer, which looks the keys up first:
-- scanning trace_crc32 (4 bytes a row) for 1,000 keys takes 10 ms over 4,200,000 rows.
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
    attributes VARCHAR, -- JSON; NULL when there are none
    received_ns BIGINT NOT NULL,
    fingerprint BLOB NOT NULL, -- equal for spans that say the same
    trace_crc32 UINTEGER NOT NULL -- of trace_id in UTF-8; narrows a look-up by trace
);

CREATE TABLE span_conflicts AS SELECT * FROM spans LIMIT 0;

CREATE TABLE receipt_positions (
    file VARCHAR PRIMARY KEY,
    read_bytes BIGINT NOT NULL
);

CREATE TABLE unreadable_lines (
    file VARCHAR NOT NULL,
    begins_at BIGINT NOT NULL, -- bytes from the file's start
    reason VARCHAR NOT NULL,
    PRIMARY KEY (file, begins_at)
);
