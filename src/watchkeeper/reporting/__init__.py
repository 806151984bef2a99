"""Reports an operator reads every day: what was served, how well, and what to look at."""
