-- Alerts: what was past its levels, who was told when, who took it on, and when it passed.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and
-- tests/contracts/test_alert_store_contract.py.
-- Undone by: dropping the table below; what is still past its levels fires again.

create table alerts (
    alert_id text primary key check (alert_id <> ''),
    rule text not null check (rule <> ''),
    workload text not null check (workload <> ''),
    about text not null,
    state text not null check (state in ('pending', 'firing', 'resolved')),
    band text not null,
    severity text not null check (severity in ('P0', 'P1', 'P2', 'P3', 'P4')),
    value double precision,
    level double precision,
    unit text not null,
    begun_at timestamptz not null,
    fired_at timestamptz,
    resolved_at timestamptz,
    seen_at timestamptz not null,
    notice_band text,
    notice_at timestamptz,
    acknowledged_by text,
    acknowledged_at timestamptz,
    acknowledged_note text,
    runbook text,
    check ((state = 'resolved') = (resolved_at is not null)),
    check (state <> 'firing' or fired_at is not null),
    check ((notice_band is null) = (notice_at is null)),
    check ((acknowledged_by is null) = (acknowledged_at is null))
);

create index alerts_of_rule on alerts (rule, begun_at desc);
create index alerts_active on alerts (severity, begun_at) where state <> 'resolved';
create index alerts_by_time on alerts (begun_at);
