select
    mute_id, kind, patterns, begins_at, until, reason, by, created_at, ended_at, ended_by
from mutes
where until > %(now)s and ended_at is null
order by begins_at, mute_id;
