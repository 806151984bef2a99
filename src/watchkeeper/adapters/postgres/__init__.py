"""PostgreSQL: the embedded server, its migrations, and the stores of state upon it."""
