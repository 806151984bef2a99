"""Judging answers: comparison of values, agreement of readers, canary checks, scoring against truth."""
