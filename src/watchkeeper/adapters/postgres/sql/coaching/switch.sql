insert into coaching_switches (workload, enabled, given_by, reason, given_at)
values (%(workload)s, %(enabled)s, %(given_by)s, %(reason)s, %(given_at)s);
