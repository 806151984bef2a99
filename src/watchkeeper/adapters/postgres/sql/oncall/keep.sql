insert into oncall_overrides (
    override_id, role, person, begins_at, until, by, reason, created_at
) values (
    %(override_id)s, %(role)s, %(person)s, %(begins_at)s, %(until)s, %(by)s, %(reason)s, %(created_at)s
)
on conflict (override_id) do nothing;
