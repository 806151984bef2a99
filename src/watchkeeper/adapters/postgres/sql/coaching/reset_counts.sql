select
    (select count(*) from coaching_sessions where workload = %(workload)s) as sessions,
    (select count(*) from coached_instructions where workload = %(workload)s) as versions,
    (select count(*) from golden_examples where workload = %(workload)s) as golden_examples;
