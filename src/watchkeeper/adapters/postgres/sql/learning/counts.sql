select
    (
        select count(*)
        from coaching_sessions
        where workload = %(workload)s and voided_at is null
    ) as sessions,
    (
        select count(*)
        from golden_examples
        where workload = %(workload)s and active and accuracy >= %(golden_from)s
    ) as golden_examples,
    (
        select count(distinct document)
        from coaching_sessions
        where workload = %(workload)s and status = 'completed' and voided_at is null
    ) as coached_documents;
