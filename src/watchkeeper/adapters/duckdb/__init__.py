"""The embedded telemetry engine: a DuckDB file that one process owns."""
