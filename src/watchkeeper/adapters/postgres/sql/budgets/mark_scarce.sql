update budget_accounts
set scarce_at = %(scarce_at)s
where budget = %(budget)s and period_start = %(period_start)s;
