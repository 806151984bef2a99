insert into receipt_scores (
    receipt_id, run_id, workload, document, agent, model, right_fields, scored_fields, created_at
) values (
    %(receipt_id)s, %(run_id)s, %(workload)s, %(document)s, %(agent)s, %(model)s, %(right)s,
    %(scored)s, %(created_at)s
)
on conflict (receipt_id) do update set
    run_id = excluded.run_id,
    workload = excluded.workload,
    document = excluded.document,
    agent = excluded.agent,
    model = excluded.model,
    right_fields = excluded.right_fields,
    scored_fields = excluded.scored_fields,
    created_at = excluded.created_at;
