-- What the queries of each day added up to, written by the server's job for a day that is over.
--
-- Checked by: tests/adapters/postgres/test_migrations.py and
-- tests/contracts/test_summary_store_contract.py.
-- Undone by: dropping the table below; the job writes again what the records that are still kept tell.

create table daily_summaries (
    workload text not null check (workload <> ''),
    day date not null,
    timezone text not null check (timezone <> ''),
    queries bigint not null check (queries >= 0),
    failed bigint not null check (failed between 0 and queries),
    degraded bigint not null check (degraded between 0 and queries),
    latency_sum_ms double precision not null check (latency_sum_ms >= 0),
    pure_trained bigint not null check (pure_trained >= 0),
    with_tools bigint not null check (with_tools >= 0),
    with_history bigint not null check (with_history >= 0),
    with_both bigint not null check (with_both >= 0),
    unclassified bigint not null check (unclassified >= 0),
    quality_sum double precision not null,
    judged bigint not null check (judged >= 0),
    primary key (workload, day),
    check (pure_trained + with_tools + with_history + with_both + unclassified = queries)
);
