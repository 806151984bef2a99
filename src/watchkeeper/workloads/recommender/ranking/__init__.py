"""Rankers: each scores documents for a query by one signal. They know texts, and nothing of labels or themes."""
