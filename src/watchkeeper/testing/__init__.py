"""Honest fakes, shipped to users: in-memory stores, a moved clock, a scripted provider."""
