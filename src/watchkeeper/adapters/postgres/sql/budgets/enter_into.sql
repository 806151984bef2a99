insert into budget_entry_accounts (entry_id, budget, period_start)
values (%(entry_id)s, %(budget)s, %(period_start)s);
