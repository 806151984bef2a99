insert into evaluation_answers (
    run_id, workload, item, repeat, output, error, seconds, cost_usd, receipts, scores, reasons
)
select
    run_id, workload, %(item)s, %(repeat)s, %(output)s::json, %(error)s, %(seconds)s, %(cost_usd)s,
    %(receipts)s::json, %(scores)s::json, %(reasons)s::json
from evaluation_runs
where run_id = %(run_id)s
on conflict (run_id, item, repeat) do nothing;
