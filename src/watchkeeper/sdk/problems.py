"""What went wrong inside the SDK: counted and told, never raised into the application (law 7)."""

from collections import Counter
from collections.abc import Callable
from threading import Lock


class Problems:
    """Counts by reason. The first of each reason is told once; after that it only counts."""

    def __init__(self, tell: Callable[[str, str], None] | None = None) -> None:
        """`tell(reason, detail)` is called for the first problem of each reason."""
        self._counts: Counter[str] = Counter()
        self._lock = Lock()
        self.tell = tell

    def count(self, reason: str, detail: object = "", *, times: int = 1) -> None:
        """Count a problem; never raises."""
        with self._lock:
            first = reason not in self._counts
            self._counts[reason] += times
        if first and self.tell is not None:
            try:
                self.tell(reason, _readable(detail))
            except Exception:  # noqa: BLE001 - telling of a problem must not be another one
                self._counts["telling"] += 1

    def counts(self) -> dict[str, int]:
        """How often each reason has come up so far."""
        with self._lock:
            return dict(self._counts)


def _readable(detail: object) -> str:
    if isinstance(detail, BaseException):
        return f"{type(detail).__name__}: {detail}"[:400]
    return str(detail)[:400]
