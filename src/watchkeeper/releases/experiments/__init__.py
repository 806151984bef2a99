"""Experiments: two or more releases side by side on live traffic, until one of them is shown to be best."""
