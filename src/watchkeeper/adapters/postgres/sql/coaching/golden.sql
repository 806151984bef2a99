insert into golden_examples (
    example_id, workload, document, agent, extraction, accuracy, coverage, prompt_version, verified_by,
    active, created_at
) values (
    %(session_id)s, %(workload)s, %(document)s, %(agent)s, %(extraction)s, %(accuracy)s, %(coverage)s,
    %(prompt_version)s, 'auto', true, %(created_at)s
);
