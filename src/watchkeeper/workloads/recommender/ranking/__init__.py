"""Rankers: each scores documents for a query by one signal, and knows texts alone, no label and no theme."""
