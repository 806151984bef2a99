"""Metrics inside the process: windows of points, statistics over them, series derived from others."""
