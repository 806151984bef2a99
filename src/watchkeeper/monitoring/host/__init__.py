"""The machine it runs on: how full it is, and what is done when it is too full."""
