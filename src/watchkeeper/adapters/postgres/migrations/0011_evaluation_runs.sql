-- Evaluation runs with their answers, and what was measured of judges; rows are only ever added.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and
-- tests/contracts/test_evaluation_store_contract.py.
-- Undone by: dropping the three tables below; runs are in their files all the same.

create table evaluation_runs (
    run_id text primary key check (run_id <> ''),
    workload text not null check (workload <> ''),
    name text not null check (name <> ''),
    dataset text not null,
    dataset_sha256 text not null,
    suite_sha256 text not null,
    target text,
    scorers json not null,
    repeats integer not null check (repeats > 0),
    items integer,
    started_at text not null,
    kept_at timestamptz not null,
    kept_by text not null check (kept_by <> '')
);

create index evaluation_runs_kept on evaluation_runs (kept_at desc);

create table evaluation_answers (
    seq bigint generated always as identity,
    run_id text not null references evaluation_runs (run_id),
    workload text not null check (workload <> ''),
    item text not null,
    repeat integer not null check (repeat > 0),
    output json,
    error text,
    seconds double precision,
    cost_usd text,
    receipts json not null,
    scores json not null,
    reasons json not null,
    primary key (run_id, item, repeat)
);

create index evaluation_answers_of_run on evaluation_answers (run_id, seq);

create table judge_measurements (
    workload text not null check (workload <> ''),
    suite text not null,
    judge text not null,
    version text not null,
    dataset text not null,
    dataset_sha256 text not null,
    repeats integer not null check (repeats > 0),
    right_passed integer not null,
    right_failed integer not null,
    wrong_passed integer not null,
    wrong_failed integer not null,
    undecided integer not null,
    unsteady double precision,
    disagrees json not null,
    measured_at timestamptz not null,
    kept_by text not null check (kept_by <> ''),
    primary key (workload, suite, judge, version, measured_at)
);
