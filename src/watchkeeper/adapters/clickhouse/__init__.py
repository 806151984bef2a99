"""The telemetry engine of many servers: tables in a ClickHouse, reached by URL."""
