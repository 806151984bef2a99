insert into api_key_acts (key_id, act, by, reason, at)
values (%(key_id)s, %(act)s, %(by)s, %(reason)s, %(at)s);
