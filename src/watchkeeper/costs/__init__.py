"""What model calls cost, and who may still spend."""
