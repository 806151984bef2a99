select
    example_id, workload, document, agent, extraction, accuracy, coverage, prompt_version, verified_by,
    active, created_at
from golden_examples
where workload = %(workload)s
order by created_at desc, example_id;
