"""Watchkeeper keeps LLM systems running in production and makes them better.

An application writes `import watchkeeper` and has the names of `watchkeeper.sdk`: `watchkeeper.init(...)`.
They are loaded when they are first used, for every command of ours imports this, too.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchkeeper.sdk import (
        component,
        continue_trace,
        init,
        inject_headers,
        query,
        record_feedback,
        record_metric,
        record_query,
        record_score,
        shutdown,
    )

__all__ = [
    "component",
    "continue_trace",
    "init",
    "inject_headers",
    "query",
    "record_feedback",
    "record_metric",
    "record_query",
    "record_score",
    "shutdown",
]


def __getattr__(name: str) -> object:
    """The SDK, or one of its names, loaded at its first use."""
    if name not in __all__ and name != "sdk":
        raise AttributeError(f"module 'watchkeeper' has no attribute {name!r}")
    sdk = importlib.import_module("watchkeeper.sdk")
    found: object = sdk if name == "sdk" else getattr(sdk, name)
    globals()[name] = found
    return found
