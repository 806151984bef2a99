insert into budget_entries (entry_id, budget, usd, what, entered_by, entered_at)
values (%(entry_id)s, %(budget)s, %(usd)s, %(what)s, %(by)s, %(entered_at)s)
on conflict (entry_id) do nothing
returning entry_id;
