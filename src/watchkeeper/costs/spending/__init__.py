"""What was spent: by anything, for each unit of work, a month against its budgets, and where it will end."""
