update alerts
set
    acknowledged_by = %(acknowledged_by)s,
    acknowledged_at = %(acknowledged_at)s,
    acknowledged_note = %(acknowledged_note)s,
    escalation_begun_at = null,
    escalation_paged = null
where alert_id = %(alert_id)s;
