insert into mutes (
    mute_id, kind, patterns, begins_at, until, reason, by, created_at, ended_at, ended_by
) values (
    %(mute_id)s, %(kind)s, %(patterns)s, %(begins_at)s, %(until)s, %(reason)s, %(by)s, %(created_at)s,
    %(ended_at)s, %(ended_by)s
)
on conflict (mute_id) do update set ended_at = excluded.ended_at, ended_by = excluded.ended_by;
