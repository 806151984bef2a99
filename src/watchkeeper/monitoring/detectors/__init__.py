"""Detectors of unusual points, one a file; each sees the past only."""
