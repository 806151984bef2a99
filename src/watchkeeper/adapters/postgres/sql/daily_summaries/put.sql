insert into daily_summaries (
    workload, day, timezone, queries, failed, degraded, latency_sum_ms, pure_trained, with_tools,
    with_history, with_both, unclassified, quality_sum, judged
) values (
    %(workload)s, %(day)s, %(timezone)s, %(queries)s, %(failed)s, %(degraded)s, %(latency_sum_ms)s,
    %(pure_trained)s, %(with_tools)s, %(with_history)s, %(with_both)s, %(unclassified)s,
    %(quality_sum)s, %(judged)s
)
on conflict (workload, day) do update set
    timezone = excluded.timezone,
    queries = excluded.queries,
    failed = excluded.failed,
    degraded = excluded.degraded,
    latency_sum_ms = excluded.latency_sum_ms,
    pure_trained = excluded.pure_trained,
    with_tools = excluded.with_tools,
    with_history = excluded.with_history,
    with_both = excluded.with_both,
    unclassified = excluded.unclassified,
    quality_sum = excluded.quality_sum,
    judged = excluded.judged
-- Records are let go of after a while: a day must not shrink with them.
where daily_summaries.timezone <> excluded.timezone or daily_summaries.queries <= excluded.queries;
