update golden_examples
set active = false
where
    workload = %(workload)s and active and created_at >= %(since)s
    and exists (
        select from coaching_sessions as session
        where
            session.workload = golden_examples.workload
            and session.document = golden_examples.document
            and session.agent = golden_examples.agent
            and session.created_at = golden_examples.created_at
            and session.voided_at is not null
    );
