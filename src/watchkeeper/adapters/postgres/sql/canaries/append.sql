insert into canary_results (
    workload, suite, suite_ran_at, run_id, document, field, expected, got, verdict, checked_at
) values (
    %(workload)s, %(suite)s, %(suite_ran_at)s, %(run_id)s, %(document)s, %(field)s, %(expected)s,
    %(got)s, %(verdict)s, %(checked_at)s
)
on conflict (workload, suite, suite_ran_at, document, field) do update set
    run_id = excluded.run_id,
    expected = excluded.expected,
    got = excluded.got,
    verdict = excluded.verdict,
    checked_at = excluded.checked_at;
