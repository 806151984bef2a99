"""The ingest log in a folder of segment files."""
