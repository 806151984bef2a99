insert into evaluation_runs (
    run_id, workload, name, dataset, dataset_sha256, suite_sha256, target, scorers, repeats, items,
    started_at, kept_at, kept_by
) values (
    %(run_id)s, %(workload)s, %(name)s, %(dataset)s, %(dataset_sha256)s, %(suite_sha256)s, %(target)s,
    %(scorers)s::json, %(repeats)s, %(items)s, %(started_at)s, %(kept_at)s, %(kept_by)s
)
on conflict (run_id) do nothing;
