insert into judge_measurements (
    workload, suite, judge, version, dataset, dataset_sha256, repeats, right_passed, right_failed,
    wrong_passed, wrong_failed, undecided, unsteady, disagrees, erred, measured_at, kept_by
) values (
    %(workload)s, %(suite)s, %(judge)s, %(version)s, %(dataset)s, %(dataset_sha256)s, %(repeats)s,
    %(right_passed)s, %(right_failed)s, %(wrong_passed)s, %(wrong_failed)s, %(undecided)s, %(unsteady)s,
    %(disagrees)s::json, %(erred)s::json, %(measured_at)s, %(kept_by)s
)
on conflict do nothing;
