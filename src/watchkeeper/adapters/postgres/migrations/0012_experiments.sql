-- Experiments as they were started, and how each ended: rows are added and never changed.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and
-- tests/contracts/test_experiment_store_contract.py.
-- Undone by: dropping the two tables below; workloads then work with their live releases.

create table experiments (
    name text primary key check (name <> ''),
    workload text not null check (workload <> ''),
    arms jsonb not null,
    control text not null,
    metric text not null check (metric in ('quality', 'errors', 'latency', 'cost')),
    evaluation text not null,
    share integer not null check (share between 1 and 10000),
    least double precision,
    alpha double precision not null,
    planned integer not null,
    enough integer not null,
    started_by text not null check (started_by <> ''),
    started_at timestamptz not null,
    reason text not null check (reason <> ''),
    ends_at timestamptz
);

create index experiments_of_workload on experiments (workload, started_at);

create table experiment_stops (
    name text primary key references experiments,
    workload text not null check (workload <> ''),
    by text not null check (by <> ''),
    reason text not null check (reason <> ''),
    at timestamptz not null,
    told text,
    winner text
);
