select
    workload, day, timezone, queries, failed, degraded, latency_sum_ms, pure_trained, with_tools,
    with_history, with_both, unclassified, quality_sum, judged
from daily_summaries
where day between %(first)s and %(last)s
    and (%(workload)s::text is null or workload = %(workload)s)
order by day, workload collate "C";
