"""Model providers: one file speaks one dialect, and only it reads the provider's statuses and codes."""

from watchkeeper.adapters.providers.openai_compatible import OpenAICompatibleTarget

__all__ = ["OpenAICompatibleTarget"]
