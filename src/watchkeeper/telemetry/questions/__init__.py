"""What can be asked of telemetry: one answer for the API, the commands, the pages and the rules."""
