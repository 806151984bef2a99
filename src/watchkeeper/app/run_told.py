"""How many documents a run has read, in words."""

from collections.abc import Mapping
from typing import Any


def read_told(run: Mapping[str, Any]) -> str:
    """What stands under `ok`: coaching on documents read before has no results, and is not told as failed.

    >>> read_told({"ok": 3, "needs_ocr": 0, "failed": 1, "items": 4, "coaching": False, "status": "finished"})
    '3 of 4'
    >>> read_told({"ok": 0, "needs_ocr": 0, "failed": 0, "items": 4, "coaching": True, "status": "finished"})
    '4 coached'
    """
    results = run["ok"] + run["needs_ocr"] + run["failed"]
    if run["coaching"] and run["status"] == "finished" and not results:
        return f"{run['items']} coached"
    return f"{run['ok']} of {run['items']}"
