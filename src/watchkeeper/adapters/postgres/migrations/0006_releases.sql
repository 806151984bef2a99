-- Releases: what each pins, where it stands, every move it made, what was proved of it.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and
-- tests/contracts/test_release_store_contract.py.
-- Undone by: dropping the three tables below; workloads then work with what they ship.

create table releases (
    release_id text primary key check (release_id <> ''),
    workload text not null check (workload <> ''),
    pins jsonb not null,
    parent text,
    state text not null check (state in ('candidate', 'canary', 'live', 'retired', 'rolled back')),
    share integer not null check (share between 0 and 10000),
    made_by text not null check (made_by <> ''),
    made_at timestamptz not null,
    note text,
    check ((state = 'live') = (share = 10000)),
    check ((state = 'canary') = (share between 1 and 9999))
);

-- Of each workload one release is live, and one more may be tried beside it.
create unique index releases_one_live on releases (workload) where state = 'live';
create unique index releases_one_canary on releases (workload) where state = 'canary';

create table release_moves (
    seq bigint generated always as identity primary key,
    release_id text not null references releases,
    workload text not null check (workload <> ''),
    before text,
    after text not null,
    share integer not null,
    by text not null check (by <> ''),
    reason text not null check (reason <> ''),
    at timestamptz not null
);

create index release_moves_of_release on release_moves (release_id, seq);
create index release_moves_of_workload on release_moves (workload, seq);

create table release_proofs (
    seq bigint generated always as identity primary key,
    release_id text not null references releases,
    workload text not null check (workload <> ''),
    "check" text not null check ("check" <> ''),
    verdict text not null check (verdict in ('passed', 'failed', 'not checked')),
    told text not null,
    by text not null check (by <> ''),
    at timestamptz not null
);

create index release_proofs_of_release on release_proofs (release_id, seq desc);
