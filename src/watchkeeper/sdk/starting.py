"""`init`, `shutdown`, and the functions of the module, which act on what `init` made."""

import atexit
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.feedback import Rating
from watchkeeper.domain.metric_point import MetricKind
from watchkeeper.sdk.current import CURRENT
from watchkeeper.sdk.environment import from_environment
from watchkeeper.sdk.handle import Handle
from watchkeeper.sdk.opentelemetry_bridge import announce, withdraw
from watchkeeper.sdk.options import options_of
from watchkeeper.sdk.query import Query
from watchkeeper.sdk.readings import readings_of
from watchkeeper.sdk.settings_files import read_settings
from watchkeeper.sdk.span import current
from watchkeeper.sdk.trace_context import parent_in

AT_EXIT_S = 2.0
"""How long the end of a process waits for the server; what is not sent by then is on disk."""
_changing = Lock()
_watching_process: list[bool] = []


def init(
    workload: str | None = None,
    *,
    endpoint: str | None = None,
    data_dir: str | Path | None = None,
    settings_dir: str | Path | None = None,
    clock: Clock | None = None,
    ids: IdSource | None = None,
    **options: Any,
) -> Handle:
    """Begin to record; a second call ends the first handle and makes another.

    Args:
        workload: Whose records these are; else `WATCHKEEPER_WORKLOAD`, else `default`.
        endpoint: The server's address; else `WATCHKEEPER_ENDPOINT`, else the server of the data folder.
        data_dir: The data folder; else `WATCHKEEPER_DATA_DIR`, else `.watchkeeper`.
        settings_dir: A folder with `monitoring.yaml` and `logging.yaml`; arguments go before them.
        clock: None: the machine's.
        ids: None: random ones.
        options: The further fields of `watchkeeper.sdk.options.Options`.

    Raises:
        SettingsError: An argument, file or variable is wrong; all that is wrong is told.
    """
    read = read_settings(Path(settings_dir)) if settings_dir is not None else {}
    told = {"workload": workload, "endpoint": endpoint, "data_dir": data_dir, **options}
    chosen = options_of(
        {**read, **{name: value for name, value in told.items() if value is not None}},
        environment=from_environment(),
    )
    with _changing:
        before, CURRENT.handle = CURRENT.handle, None
        if before is not None:
            before.shutdown()
        handle = Handle(chosen, partial(readings_of, clock, ids))
        CURRENT.handle = handle
        if not _watching_process:
            _watching_process.append(True)
            _watch_process()
    return handle


def shutdown(*, within_s: float = 5.0) -> bool:
    """End what `init` began; False when something waits on disk for the next process."""
    handle, CURRENT.handle = CURRENT.handle, None
    return handle is None or handle.shutdown(within_s=within_s)


def record_metric(
    name: str,
    value: float,
    kind: MetricKind = "gauge",
    tags: Mapping[str, str] | None = None,
    *,
    unit: str = "",
) -> None:
    """Record a value; see `Handle.record_metric`. Without `init`, nothing."""
    handle = CURRENT.handle
    if handle is not None:
        handle.record_metric(name, value, kind, tags, unit=unit)


def record_query(query_id: str, latency_ms: float, results: int | None = None, **known: Any) -> None:
    """Record a served query; see `Handle.record_query`. Without `init`, nothing."""
    handle = CURRENT.handle
    if handle is not None:
        handle.record_query(query_id, latency_ms, results, **known)


def record_score(name: str, value: float | None = None, **known: Any) -> None:
    """Record what a judge said; see `Handle.record_score`. Without `init`, nothing."""
    handle = CURRENT.handle
    if handle is not None:
        handle.record_score(name, value, **known)


def record_feedback(rating: Rating | None = None, **known: Any) -> None:
    """Record what a person thought; see `Handle.record_feedback`. Without `init`, nothing."""
    handle = CURRENT.handle
    if handle is not None:
        handle.record_feedback(rating, **known)


def query(
    text: str,
    query_type: str | None = None,
    *,
    query_id: str | None = None,
    validate_input: Callable[[str], object] | None = None,
    validate_output: Callable[[Any], object] | None = None,
) -> Query:
    """A query whose trace shows the six steps of HE-69, for `with`; results are set on what it hands out.

    Args:
        text: What was asked; 1 to 1,000 characters, not blank.
        query_type: Such as `lookup`.
        query_id: The application's own; None: one is made.
        validate_input: Told the text; says False, or raises, when it is no query here.
        validate_output: Told `q.results`; says False, or raises, when no user may see them.
    """
    return Query(
        text,
        query_type=query_type,
        query_id=query_id,
        validate_input=validate_input,
        validate_output=validate_output,
    )


@contextmanager
def continue_trace(headers: Mapping[str, str]) -> Iterator[None]:
    """Inside, spans go on in the trace that request headers name; where they name none, a new one begins."""
    parent = parent_in(headers)
    if parent is None:
        yield
        return
    token = current.set(parent)
    announced = announce(parent.trace_id, parent.span_id)
    try:
        yield
    finally:
        withdraw(announced)
        current.reset(token)


def _watch_process() -> None:
    # Imported by the first `init`: it brings `subprocess` along, which importing the SDK needs not wait for.
    from multiprocessing import util

    atexit.register(_end_with_process)
    os.register_at_fork(after_in_child=_begin_anew_after_fork)

    def end_with_worker(_: object) -> None:
        # A forked worker of `multiprocessing` leaves without what `atexit` would call.
        util.Finalize(None, _end_with_process, exitpriority=0)

    util.register_after_fork(CURRENT, end_with_worker)


def _end_with_process() -> None:
    handle, CURRENT.handle = CURRENT.handle, None
    if handle is not None:
        handle.shutdown(within_s=AT_EXIT_S)


def _begin_anew_after_fork() -> None:
    handle = CURRENT.handle
    if handle is not None:
        handle.begin_anew_after_fork()
