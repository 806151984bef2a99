select workload, suite, run_id, document, field, expected, got, verdict, checked_at
from canary_results
where (workload, suite, suite_ran_at) = (
    select workload, suite, suite_ran_at
    from canary_results
    where workload = %(workload)s and (%(suite)s::text is null or suite = %(suite)s)
    order by suite_ran_at desc, suite collate "C" desc
    limit 1
)
order by document collate "C", field collate "C";
