"""Fallbacks: what a workload serves when a component of its fails, and how openly it says so.

Chains of strategies, a decorator with a fallback value, time limits, validation of what goes in and out.
Failures are told to whoever wants to count them (`Tell`); nothing here records by itself.
"""

from watchkeeper.fallbacks.chain import FallbackChain, Served, Strategy
from watchkeeper.fallbacks.guarded import guarded
from watchkeeper.fallbacks.ports import Tell, untold
from watchkeeper.fallbacks.time_limit import TimeLimit
from watchkeeper.fallbacks.validation import checked_scores, require_between, require_text

__all__ = [
    "FallbackChain",
    "Served",
    "Strategy",
    "Tell",
    "TimeLimit",
    "checked_scores",
    "guarded",
    "require_between",
    "require_text",
    "untold",
]
