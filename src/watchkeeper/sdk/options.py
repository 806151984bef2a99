"""What `init` was told, checked at once: an application learns of all its mistakes when it starts."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from watchkeeper.domain.errors import SettingsError
from watchkeeper.sdk.logs.lines import SEVERITIES

_WORKLOAD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Everything that can be chosen. `docs/sdk.md` describes each; `*_s` are seconds, `*_bytes` bytes."""

    workload: str = "default"
    release: str | None = None
    endpoint: str | None = None
    """None: the server of the data folder, once it runs."""
    api_key: str | None = None
    data_dir: Path = Path(".watchkeeper")
    spool_dir: Path | None = None
    """None: `<data_dir>/sdk/<workload>/spool`."""
    log_dir: Path | None = None
    """None: `<data_dir>/sdk/<workload>/logs`."""
    snapshot: Path | None = None
    """Where the window is kept over a restart; None: it is not."""
    export: bool = True
    logs: bool = True
    flush_every_s: float = 1.0
    metrics_every_s: float = 10.0
    log_every_s: float = 0.2
    summary_every_s: float = 60.0
    retention_s: float = 3_600.0
    derived_over_s: float | None = None
    max_waiting: int = 20_000
    """Spans, and records, that may wait in memory."""
    spool_max_bytes: int = 256 * _MIB
    spool_fsync: bool = False
    """True: a batch survives a power cut, too, not only the death of the process."""
    log_max_bytes: int = 16 * _MIB
    log_keep: int = 5
    send_logs_from: str = "warning"
    """Lines of this level and above are told to the server, too."""
    query_max_chars: int = 1_000
    keep_query_text: bool = True
    redact: Callable[[str], str] | None = None

    def __repr__(self) -> str:
        """Without the key (law 8)."""
        told = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "api_key"}
        return f"Options({', '.join(f'{name}={value!r}' for name, value in told.items())}, api_key=...)"

    @property
    def folder(self) -> Path:
        """Where the SDK keeps what is this workload's."""
        return self.data_dir / "sdk" / self.workload

    @property
    def spool(self) -> Path:
        """Where batches wait for the server."""
        return self.spool_dir if self.spool_dir is not None else self.folder / "spool"

    @property
    def log_folder(self) -> Path:
        """Where the four files are."""
        return self.log_dir if self.log_dir is not None else self.folder / "logs"


_POSITIVE = frozenset(
    {
        "flush_every_s",
        "metrics_every_s",
        "log_every_s",
        "summary_every_s",
        "retention_s",
        "derived_over_s",
        "max_waiting",
        "spool_max_bytes",
        "log_max_bytes",
        "query_max_chars",
    }
)
_WHOLE = frozenset({"max_waiting", "spool_max_bytes", "log_max_bytes", "log_keep", "query_max_chars"})
_PATHS = frozenset({"data_dir", "spool_dir", "log_dir", "snapshot"})
_SWITCHES = frozenset({"export", "logs", "spool_fsync", "keep_query_text"})


def options_of(told: Mapping[str, Any], *, environment: Mapping[str, str]) -> Options:
    """Options from what was told, else from the environment, else as they are by default.

    Raises:
        SettingsError: Something is wrong; the message tells everything that is.
    """
    known = {field.name for field in fields(Options)}
    chosen: dict[str, Any] = {
        **environment,
        **{name: value for name, value in told.items() if value is not None},
    }
    problems = [
        f"{name!r} is no option; there are {', '.join(sorted(known))}"
        for name in sorted(chosen.keys() - known)
    ]
    for name in sorted(chosen.keys() & known):
        if name in _PATHS and isinstance(chosen[name], str):
            chosen[name] = Path(chosen[name])
        problem = _problem(name, chosen[name])
        if problem is not None:
            problems.append(problem)
    if problems:
        raise SettingsError(
            "watchkeeper.init was told what cannot be:\n" + "\n".join(f"- {problem}" for problem in problems),
            action="correct the arguments, or the file or variable they come from",
        )
    return Options(**chosen)


def _problem(name: str, value: object) -> str | None:
    if name in _SWITCHES:
        return None if isinstance(value, bool) else f"{name} is true or false, not {value!r}"
    if name in _PATHS:
        return None if isinstance(value, Path) else f"{name} is a path, not {value!r}"
    if name in _POSITIVE or name in _WHOLE:
        return _number_problem(name, value)
    if name == "redact":
        return None if callable(value) else f"redact is a function from text to text, not {value!r}"
    if not isinstance(value, str):
        return f"{name} is a text, not {value!r}"
    if name == "workload" and not _WORKLOAD.fullmatch(value):
        return f"workload is lower-case words joined by '-', such as 'stock-research', not {value!r}"
    if name == "send_logs_from" and value not in SEVERITIES:
        return f"send_logs_from is one of {', '.join(SEVERITIES)}, not {value!r}"
    if name == "endpoint" and not _is_endpoint(value):
        return "endpoint is an address such as http://127.0.0.1:8787, without a user or password (`api_key`)"
    return None


def _number_problem(name: str, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return f"{name} is a number, not {value!r}"
    if name in _WHOLE and not isinstance(value, int):
        return f"{name} is a whole number, not {value!r}"
    if value < 0 or (value == 0 and name in _POSITIVE):
        return f"{name} must be above 0, not {value!r}"
    return None


def _is_endpoint(value: str) -> bool:
    try:
        parts = urlsplit(value)
        plain = parts.username is None and parts.password is None
        return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
