"""The pages: they show what the API returns and compute nothing."""
