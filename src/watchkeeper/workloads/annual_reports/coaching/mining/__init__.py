"""Changes proposed from errors, a file a kind of change."""
