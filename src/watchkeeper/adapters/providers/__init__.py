"""Model providers: one file speaks one dialect, and only it reads the provider's statuses and codes."""

from watchkeeper.adapters.providers.http_target import HttpTarget

__all__ = ["HttpTarget"]
