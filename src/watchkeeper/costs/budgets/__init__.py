"""Budgets: money is lent to gateways before they spend it, and every cent is journalled (law 3)."""
