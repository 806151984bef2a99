"""What the monitor would tell in a day that never was: made-up traffic, the real rules, a moved clock."""
