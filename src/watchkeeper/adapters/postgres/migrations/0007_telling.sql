-- How people are told of alerts: letters and what became of them, silences and maintenance windows,
-- who stands in on call, and on each alert why nobody is told and how far paging has come.
--
-- Checked by: tests/adapters/postgres/test_migrations.py, tests/contracts/test_alert_store_contract.py,
-- tests/contracts/test_outbox_contract.py and tests/contracts/test_mute_store_contract.py.
-- Undone by: dropping the tables and columns below; what waited to be sent is not sent.

alter table alerts
    add column cause text not null default '',
    add column muted text,
    add column escalation_begun_at timestamptz,
    add column escalation_paged integer,
    add constraint alerts_escalation check ((escalation_begun_at is null) = (escalation_paged is null));

create table letters (
    key text primary key check (key <> ''),
    channel text not null check (channel <> ''),
    recipient text not null,
    why text not null,
    workload text not null,
    severity text not null check (severity in ('P0', 'P1', 'P2', 'P3', 'P4')),
    level text not null,
    alert_ids text[] not null,
    subject text not null,
    body text not null,
    created_at timestamptz not null,
    due_at timestamptz not null,
    state text not null check (state in ('waiting', 'delivered', 'given up')),
    attempts integer not null default 0 check (attempts >= 0),
    tried_at timestamptz,
    delivered_at timestamptz,
    problem text,
    check ((state = 'delivered') = (delivered_at is not null))
);

create index letters_due on letters (channel, due_at) where state = 'waiting';
create index letters_by_time on letters (created_at);

create table channels (
    channel text primary key check (channel <> ''),
    failing integer not null check (failing >= 0),
    problem text,
    delivered_at timestamptz
);

create table mutes (
    mute_id text primary key check (mute_id <> ''),
    kind text not null check (kind in ('silence', 'maintenance')),
    patterns jsonb not null,
    begins_at timestamptz not null,
    until timestamptz not null check (until > begins_at),
    reason text not null check (reason <> ''),
    by text not null check (by <> ''),
    created_at timestamptz not null,
    ended_at timestamptz,
    ended_by text,
    check ((ended_at is null) = (ended_by is null))
);

create index mutes_by_end on mutes (until);

create table oncall_overrides (
    override_id text primary key check (override_id <> ''),
    role text not null check (role in ('primary', 'secondary')),
    person text not null check (person <> ''),
    begins_at timestamptz not null,
    until timestamptz not null check (until > begins_at),
    by text not null check (by <> ''),
    reason text not null,
    created_at timestamptz not null
);

create index oncall_overrides_by_end on oncall_overrides (until);
