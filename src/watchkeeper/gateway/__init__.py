"""The data plane: the one path every model call takes, and the receipt each attempt leaves."""

from watchkeeper.gateway.baseline import BaselineTarget
from watchkeeper.gateway.call_path import CallPath
from watchkeeper.gateway.retry import RetryPolicy

__all__ = ["BaselineTarget", "CallPath", "RetryPolicy"]
