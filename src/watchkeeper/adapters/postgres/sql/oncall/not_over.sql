select
    override_id, role, person, begins_at, until, by, reason, created_at
from oncall_overrides
where until > %(now)s
order by begins_at, override_id;
