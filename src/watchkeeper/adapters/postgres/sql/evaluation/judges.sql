select
    workload, suite, judge, version, dataset, dataset_sha256, repeats, right_passed, right_failed,
    wrong_passed, wrong_failed, undecided, unsteady, disagrees, erred, measured_at, kept_by
from judge_measurements
where
    (%(workload)s::text is null or workload = %(workload)s)
    and (%(suite)s::text is null or suite = %(suite)s)
order by measured_at desc, judge collate "C"
limit %(limit)s;
