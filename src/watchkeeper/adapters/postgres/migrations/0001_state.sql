-- The state of runs over many items: corpus, runs, results, scores, canaries, chain heads, coaching.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and the store contracts in tests/contracts/.
-- Undone by: dropping the tables below; nothing was there before.
--
-- Values that need no order or search stay `json`, not `jsonb`: it keeps what was written, key order
-- and every escaped character included.

create table documents (
    workload text not null,
    number integer not null check (number > 0),
    name text not null,
    sha256 text not null,
    path text not null,
    pages integer check (pages >= 0),
    status text not null,
    added_at timestamptz not null,
    primary key (workload, number),
    unique (workload, sha256)
);

create index documents_workload_name on documents (workload, name);

create table runs (
    run_id text primary key,
    workload text not null,
    status text not null,
    production boolean not null,
    preflight text not null,
    coaching boolean not null,
    items integer not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    ok integer not null,
    needs_ocr integer not null,
    failed integer not null,
    pages integer not null,
    seconds double precision,
    details json not null
);

create index runs_started_at on runs (started_at desc, run_id desc);

-- GF-74. A result may stand without its run's row: results outlive a run that is set aside.
create table item_results (
    run_id text not null,
    workload text not null,
    document text not null,
    document_sha256 text,
    model text not null,
    data json not null,
    success boolean not null,
    status text not null,
    error json,
    processing_ms double precision not null,
    pages integer not null,
    created_at timestamptz not null,
    primary key (run_id, document, model)
);

-- GF-20, first index; required by name.
create index item_results_created_at on item_results (created_at desc);
create index item_results_workload_created_at on item_results (workload, created_at desc);

create table receipt_scores (
    receipt_id text primary key,
    run_id text not null,
    workload text not null,
    document text not null,
    agent text not null,
    model text not null,
    right_fields integer not null,
    scored_fields integer not null check (scored_fields > 0),
    created_at timestamptz not null
);

create index receipt_scores_workload_created_at on receipt_scores (workload, created_at desc);

create table canary_results (
    workload text not null,
    suite text not null,
    suite_ran_at timestamptz not null,
    run_id text,
    document text not null,
    field text not null,
    expected text not null,
    got text,
    verdict text not null,
    checked_at timestamptz not null,
    primary key (workload, suite, suite_ran_at, document, field)
);

create index canary_results_last on canary_results (workload, suite_ran_at desc, suite desc);

-- Of a writer, not of a workload: one chain holds the receipts of every workload it serves.
create table receipt_heads (
    writer text primary key,
    count bigint not null,
    sha256 text not null,
    seen_at timestamptz not null
);

-- GF-71, with the columns of the published session table (requirements 2.1.4); GF-71's round is
-- rounds_done, and accuracy is that of the last round done.
create table coaching_sessions (
    session_id text primary key,
    workload text not null,
    run_id text not null,
    document text not null,
    agent text not null,
    status text not null check (status in ('in_progress', 'completed', 'failed')),
    rounds_done integer not null,
    max_rounds integer not null,
    strategy text,
    accuracy double precision,
    improvement double precision,
    initial_accuracy double precision,
    final_accuracy double precision,
    best_round integer,
    best_accuracy double precision,
    meta_coach_calls integer not null default 0,
    failure_reason text,
    started_at timestamptz not null,
    ended_at timestamptz,
    created_at timestamptz not null
);

-- GF-20, second index; required by name.
create index coaching_sessions_run_agent on coaching_sessions (run_id, agent);
create index coaching_sessions_workload_document on coaching_sessions (workload, document);

-- GF-73, with the columns of requirements 2.1.4.
create table golden_examples (
    example_id text primary key,
    workload text not null,
    document text not null,
    agent text not null,
    extraction json not null,
    accuracy double precision not null,
    coverage double precision,
    section_context text,
    prompt text,
    prompt_version text,
    verified_by text not null default 'auto',
    active boolean not null default true,
    created_at timestamptz not null
);

create index golden_examples_workload_accuracy on golden_examples (workload, accuracy) where active;
