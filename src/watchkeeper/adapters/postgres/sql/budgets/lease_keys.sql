select l.budget, l.period_start, a.period_end
from budget_leases as l
join budget_accounts as a using (budget, period_start)
where l.holder = %(holder)s and not l.closed;
