update budget_accounts
set entered_usd = entered_usd + %(usd)s
where budget = %(budget)s and period_start = %(period_start)s;
