update coaching_sessions
set voided_at = %(at)s, voided_by = %(by)s, void_reason = %(reason)s
where
    workload = %(workload)s and created_at >= %(since)s and voided_at is null
    and run_id = any(%(run_ids)s)
returning session_id;
