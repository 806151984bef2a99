"""Watchkeeper keeps LLM systems running in production and makes them better."""
