-- The operator's hand on coaching: sessions set aside (GF-43), coaching stopped and let go on.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and
-- tests/contracts/test_coaching_store_contract.py.
-- Undone by: dropping the three columns and the table below; what was set aside counts again.

alter table coaching_sessions add column voided_at timestamptz;
alter table coaching_sessions add column voided_by text;
alter table coaching_sessions add column void_reason text;
alter table coaching_sessions add check ((voided_at is null) = (voided_by is null));

-- One row for each time; the newest of a workload is in force.
create table coaching_switches (
    seq bigint generated always as identity primary key,
    workload text not null,
    enabled boolean not null,
    given_by text not null check (given_by <> ''),
    reason text not null check (reason <> ''),
    given_at timestamptz not null
);
