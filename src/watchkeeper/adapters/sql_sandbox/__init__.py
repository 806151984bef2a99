"""Queries of users, run where they can harm nothing."""
