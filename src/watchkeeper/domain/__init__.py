"""What the platform speaks of: frozen types and pure functions, no I/O and no clock."""
