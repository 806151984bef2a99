update budget_accounts
set
    closed_settled_usd = %(closed_settled_usd)s,
    closed_unsettled_usd = %(closed_unsettled_usd)s,
    closed_unpriced_calls = %(closed_unpriced_calls)s
where budget = %(budget)s and period_start = %(period_start)s;
