"""Figures about samples: pure functions and values."""
