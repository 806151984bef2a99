select
    mute_id, kind, patterns, begins_at, until, reason, by, created_at, ended_at, ended_by
from mutes
where mute_id = %(mute_id)s;
