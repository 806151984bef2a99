"""Monitoring as the server runs it."""
