delete from alerts where alert_id = %(alert_id)s and fired_at is null;
