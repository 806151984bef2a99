-- GF-75: instructions of an agent, version by version; rows are only ever added.
create table coached_instructions (
    workload text not null,
    agent text not null,
    version integer not null,
    parent integer,
    strategy text not null,
    author text not null,
    reason text not null,
    content json not null,
    accuracy double precision,
    created_at timestamptz not null,
    primary key (workload, agent, version),
    foreign key (workload, agent, parent) references coached_instructions (workload, agent, version)
);

-- GF-71, GF-72: one row a round. The session's own row is in coaching_sessions.
create table coaching_rounds (
    session_id text not null references coaching_sessions (session_id),
    workload text not null,
    run_id text not null,
    document text not null,
    agent text not null,
    round integer not null,
    accuracy double precision not null,
    coverage double precision not null,
    precision_share double precision not null,
    recall double precision not null,
    f1 double precision not null,
    errors json not null,
    missing json not null,
    strategy text not null,
    reason text not null,
    change text,
    improvement double precision not null,
    basis text not null,
    phase integer not null,
    created_at timestamptz not null,
    primary key (session_id, round)
);

create index coaching_rounds_workload_created on coaching_rounds (workload, created_at);

-- GF-26: a strategy an operator asked for; used once, or run out.
create table coaching_orders (
    order_id text primary key,
    workload text not null,
    agent text not null,
    strategy text not null,
    given_by text not null,
    reason text,
    given_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    used_by_session text
);
