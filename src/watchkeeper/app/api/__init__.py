"""The one HTTP API: `/api/v1`, its description and its probes."""
