select
    alert_id, rule, workload, about, state, band, severity, value, level, unit, begun_at, fired_at,
    resolved_at, seen_at, notice_band, notice_at, acknowledged_by, acknowledged_at,
    acknowledged_note, runbook, cause, muted, escalation_begun_at, escalation_paged
from alerts
where rule = %(rule)s
order by state <> 'resolved' desc, begun_at desc, alert_id desc
limit 1;
