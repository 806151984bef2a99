insert into alerts (
    alert_id, rule, workload, about, state, band, severity, value, level, unit, begun_at, fired_at,
    resolved_at, seen_at, notice_band, notice_at, acknowledged_by, acknowledged_at,
    acknowledged_note, runbook, cause, muted, escalation_begun_at, escalation_paged
) values (
    %(alert_id)s, %(rule)s, %(workload)s, %(about)s, %(state)s, %(band)s, %(severity)s, %(value)s,
    %(level)s, %(unit)s, %(begun_at)s, %(fired_at)s, %(resolved_at)s, %(seen_at)s, %(notice_band)s,
    %(notice_at)s, %(acknowledged_by)s, %(acknowledged_at)s, %(acknowledged_note)s, %(runbook)s,
    %(cause)s, %(muted)s, %(escalation_begun_at)s, %(escalation_paged)s
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
    -- Somebody may have taken it on while the monitor looked: a write that does not know of it keeps it,
    -- unless the alert has got worse since.
    acknowledged_by = case when (excluded.acknowledged_at is null) and (
        excluded.notice_band is not distinct from alerts.notice_band
    ) then alerts.acknowledged_by else excluded.acknowledged_by end,
    acknowledged_at = case when (excluded.acknowledged_at is null) and (
        excluded.notice_band is not distinct from alerts.notice_band
    ) then alerts.acknowledged_at else excluded.acknowledged_at end,
    acknowledged_note = case when (excluded.acknowledged_at is null) and (
        excluded.notice_band is not distinct from alerts.notice_band
    ) then alerts.acknowledged_note else excluded.acknowledged_note end,
    runbook = excluded.runbook,
    cause = excluded.cause,
    muted = excluded.muted,
    escalation_begun_at = excluded.escalation_begun_at,
    escalation_paged = excluded.escalation_paged;
