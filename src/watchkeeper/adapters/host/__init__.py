"""The machine, read."""
