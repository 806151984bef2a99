insert into coaching_rounds (
    session_id, workload, run_id, document, agent, round, accuracy, coverage, precision_share, recall, f1,
    errors, missing, strategy, reason, change, improvement, basis, phase, created_at
) values (
    %(session_id)s, %(workload)s, %(run_id)s, %(document)s, %(agent)s, %(round)s, %(accuracy)s,
    %(coverage)s, %(precision)s, %(recall)s, %(f1)s, %(errors)s, %(missing)s, %(strategy)s, %(reason)s,
    %(change)s, %(improvement)s, %(basis)s, %(phase)s, %(created_at)s
);
