"""The ingest process: takes telemetry in, makes it last, answers; loading is the server's."""
