insert into alerts (
    alert_id, rule, workload, about, state, band, severity, value, level, unit, begun_at, fired_at,
    resolved_at, seen_at, notice_band, notice_at, acknowledged_by, acknowledged_at,
    acknowledged_note, runbook
) values (
    %(alert_id)s, %(rule)s, %(workload)s, %(about)s, %(state)s, %(band)s, %(severity)s, %(value)s,
    %(level)s, %(unit)s, %(begun_at)s, %(fired_at)s, %(resolved_at)s, %(seen_at)s, %(notice_band)s,
    %(notice_at)s, %(acknowledged_by)s, %(acknowledged_at)s, %(acknowledged_note)s, %(runbook)s
)
on conflict (alert_id) do update set
    about = excluded.about,
    state = excluded.state,
    band = excluded.band,
    severity = excluded.severity,
    value = excluded.value,
    level = excluded.level,
    unit = excluded.unit,
    fired_at = excluded.fired_at,
    resolved_at = excluded.resolved_at,
    seen_at = excluded.seen_at,
    notice_band = excluded.notice_band,
    notice_at = excluded.notice_at,
    acknowledged_by = excluded.acknowledged_by,
    acknowledged_at = excluded.acknowledged_at,
    acknowledged_note = excluded.acknowledged_note,
    runbook = excluded.runbook;
