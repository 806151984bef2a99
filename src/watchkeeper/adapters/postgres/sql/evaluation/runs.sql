select
    run_id, workload, name, dataset, dataset_sha256, suite_sha256, target, scorers, repeats, items,
    started_at, kept_at, kept_by,
    (select count(*) from evaluation_answers as a where a.run_id = r.run_id) as answers
from evaluation_runs as r
where
    (%(run_id)s::text is null or run_id = %(run_id)s)
    and (%(workload)s::text is null or workload = %(workload)s)
    and (%(name)s::text is null or name = %(name)s)
order by kept_at desc, run_id collate "C" desc
limit %(limit)s offset %(skip)s;
