insert into budget_enablings (budget, period_start, percent, enabled_by, reason, enabled_at)
values (%(budget)s, %(period_start)s, %(percent)s, %(by)s, %(reason)s, %(enabled_at)s);
