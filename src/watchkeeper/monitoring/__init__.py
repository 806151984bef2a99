"""Watching: detectors of what is unusual, and what follows from it."""
