-- References of drift: what came before, by name and version, with its values.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and
-- tests/contracts/test_reference_store_contract.py.
-- Undone by: dropping the table below; nothing else refers to it.

create table drift_references (
    name text not null check (name <> ''),
    version integer not null check (version > 0),
    workload text,
    source text not null,
    row_count integer not null check (row_count >= 0),
    column_names text [] not null,
    packed bytea not null,
    made_at timestamptz not null,
    primary key (name, version)
);
