-- The bank of budgets: what was lent, settled, entered and reached, per budget and period.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and tests/contracts/test_bank_contract.py.
-- Undone by: dropping the tables and the function below; the sums of the running period are lost with them.
--
-- Money is DECIMAL(24,12). A period is known by its first instant.

create table budget_accounts (
    budget text not null,
    period_start timestamptz not null,
    period_end timestamptz not null check (period_end > period_start),
    closed_settled_usd numeric(24, 12) not null default 0,
    closed_unsettled_usd numeric(24, 12) not null default 0,
    closed_unpriced_calls bigint not null default 0,
    entered_usd numeric(24, 12) not null default 0,
    scarce_at timestamptz,
    primary key (budget, period_start)
);

-- A closed lease stays as a tombstone: closing it again must count nothing.
create table budget_leases (
    budget text not null,
    period_start timestamptz not null,
    holder text not null,
    seq bigint not null,
    granted_usd numeric(24, 12) not null,
    settled_usd numeric(24, 12) not null,
    unsettled_usd numeric(24, 12) not null,
    held_usd numeric(24, 12) not null,
    unpriced_calls bigint not null,
    expires_at timestamptz not null,
    closed boolean not null default false,
    primary key (budget, period_start, holder),
    foreign key (budget, period_start) references budget_accounts
);

create index budget_leases_open on budget_leases (budget, period_start) where not closed;
create index budget_leases_holder on budget_leases (holder) where not closed;

create table budget_levels_reached (
    budget text not null,
    period_start timestamptz not null,
    percent numeric not null,
    used_usd numeric(24, 12) not null,
    limit_usd numeric(24, 12) not null,
    reached_at timestamptz not null,
    primary key (budget, period_start, percent),
    foreign key (budget, period_start) references budget_accounts
);

create index budget_levels_reached_at on budget_levels_reached (reached_at);

create table budget_entries (
    entry_id text primary key,
    budget text not null,
    usd numeric(24, 12) not null,
    what text not null,
    entered_by text,
    entered_at timestamptz not null
);

create table budget_entry_accounts (
    entry_id text not null references budget_entries,
    budget text not null,
    period_start timestamptz not null,
    primary key (entry_id, budget, period_start),
    foreign key (budget, period_start) references budget_accounts
);

create index budget_entry_accounts_account on budget_entry_accounts (budget, period_start);

-- The audit: who opened again what a level had refused. Rows are added and never changed or removed.
create table budget_enablings (
    budget text not null,
    period_start timestamptz not null,
    percent numeric not null,
    enabled_by text not null check (enabled_by <> ''),
    reason text not null check (reason <> ''),
    enabled_at timestamptz not null
);

create index budget_enablings_account on budget_enablings (budget, period_start);

create function budget_enablings_stay() returns trigger language plpgsql as $$
begin
    raise exception 'the audit of budgets is never changed or removed';
end;
$$;

create trigger budget_enablings_stay before update or delete on budget_enablings
for each statement execute function budget_enablings_stay();

create trigger budget_enablings_not_emptied before truncate on budget_enablings
for each statement execute function budget_enablings_stay();
