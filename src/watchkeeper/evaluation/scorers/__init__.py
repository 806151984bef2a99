"""Scorers, one a file: each says of one answer how good it is, from 0 to 1, and why."""
