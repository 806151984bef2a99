"""Coaching: instructions that learn from errors by written rules, and never lose their past."""
