-- Keys of ours, operators' orders to gateways, and what gateway workers tell of themselves.
--
-- Checked by: tests/adapters/postgres/test_migrations.py, tests/contracts/test_key_store_contract.py,
-- tests/contracts/test_order_store_contract.py and tests/contracts/test_worker_store_contract.py.
-- Undone by: dropping the tables and the function below; the keys made until then are good no more.
--
-- A key itself is nowhere in here, only its sha256. Writers of acts and of orders lock the table first, so
-- that numbers become visible in their order: who has read up to a number has missed none below it.

create table api_keys (
    key_id text primary key,
    name text not null check (name <> ''),
    sha256 text not null unique check (sha256 ~ '^[0-9a-f]{64}$'),
    hint text not null,
    role text not null,
    workload text,
    requests_per_minute integer check (requests_per_minute > 0),
    tokens_per_minute integer check (tokens_per_minute > 0),
    expires_at timestamptz,
    created_at timestamptz not null,
    created_by text not null check (created_by <> ''),
    revoked_at timestamptz,
    revoked_by text,
    revoke_reason text,
    check ((revoked_at is null) = (revoked_by is null))
);

-- The audit: rows are added and never changed or removed. Its last number is the revision of the keys.
create table api_key_acts (
    act_id bigint generated always as identity primary key,
    key_id text not null references api_keys,
    act text not null,
    by text not null check (by <> ''),
    reason text,
    at timestamptz not null
);

create table operator_orders (
    seq bigint generated always as identity primary key,
    kind text not null,
    about jsonb not null,
    subject text,
    given_by text not null check (given_by <> ''),
    reason text,
    key_id text,
    given_at timestamptz not null
);

create index operator_orders_subject on operator_orders (subject, seq) where subject is not null;
create index operator_orders_given_at on operator_orders (given_at);

create table operator_order_answers (
    seq bigint not null references operator_orders,
    worker_id text not null,
    at timestamptz not null,
    problem text,
    told text,
    primary key (seq, worker_id)
);

create function operator_audit_stays() returns trigger language plpgsql as $$
begin
    raise exception 'the audit of keys and orders is never changed or removed';
end;
$$;

create trigger api_key_acts_stay before update or delete on api_key_acts
for each statement execute function operator_audit_stays();

create trigger api_key_acts_not_emptied before truncate on api_key_acts
for each statement execute function operator_audit_stays();

create trigger operator_orders_stay before update or delete on operator_orders
for each statement execute function operator_audit_stays();

create trigger operator_orders_not_emptied before truncate on operator_orders
for each statement execute function operator_audit_stays();

-- Not a record: each worker's row is written twice a second and goes with the worker, so it may be lost in
-- a crash of PostgreSQL, and costs no write-ahead log.
create unlogged table gateway_workers (
    worker_id text primary key,
    gateway text not null,
    pid integer not null,
    started_at timestamptz not null,
    seen_at timestamptz not null,
    report json not null
) with (fillfactor = 50);
