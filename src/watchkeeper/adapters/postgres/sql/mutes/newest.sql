select
    mute_id, kind, patterns, begins_at, until, reason, by, created_at, ended_at, ended_by
from mutes
where kind = %(kind)s
order by created_at desc, mute_id desc
limit %(limit)s;
