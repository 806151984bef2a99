insert into coaching_sessions (
    session_id, workload, run_id, document, agent, status, rounds_done, max_rounds, strategy, accuracy,
    improvement, initial_accuracy, final_accuracy, best_round, best_accuracy, failure_reason,
    started_at, ended_at, created_at
) values (
    %(session_id)s, %(workload)s, %(run_id)s, %(document)s, %(agent)s, %(status)s, %(rounds_done)s,
    %(max_rounds)s, %(strategy)s, %(final_accuracy)s, %(improvement)s, %(initial_accuracy)s,
    %(final_accuracy)s, %(best_round)s, %(best_accuracy)s, %(failure_reason)s, %(at)s, %(at)s, %(at)s
);
