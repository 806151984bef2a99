"""What an application imports: its calls, metrics, queries, scores and logs, recorded at little cost.

Importing opens nothing and starts nothing; `init` does.
"""

from watchkeeper.sdk.component import component
from watchkeeper.sdk.handle import Handle
from watchkeeper.sdk.logs.stdlib_handler import LogHandler
from watchkeeper.sdk.now_open import inject_headers
from watchkeeper.sdk.query import InvalidOutputError
from watchkeeper.sdk.starting import (
    continue_trace,
    init,
    query,
    record_feedback,
    record_metric,
    record_query,
    record_score,
    shutdown,
)

__all__ = [
    "Handle",
    "InvalidOutputError",
    "LogHandler",
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
