"""Baseline engines: a model's job done without one, at no cost, in the thread of whoever asks."""

from dataclasses import dataclass
from types import TracebackType

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import BaselineEngineError, WatchkeeperError
from watchkeeper.gateway.ports import BaselineEngine
from watchkeeper.gateway.strict_json import JsonSchema

BASELINE = "baseline"
"""The provider of every baseline engine (architecture §5, Receipts)."""


@dataclass(slots=True, kw_only=True)
class EngineRun:
    """What became of one run of an engine."""

    engine: BaselineEngine
    answered: bool = False
    """Whether it gave an answer, be it one that was judged a failure."""
    answer: object | None = None
    error: WatchkeeperError | None = None
    schema_ok: bool | None = None
    latency_ms: float = 0.0


def run_engine(
    engine: BaselineEngine, given: object, *, schema: JsonSchema | None, clock: Clock
) -> EngineRun:
    """Run an engine to its end, whatever the deadline; a failure stands in what is returned.

    Args:
        engine: The engine.
        given: What it reads.
        schema: What its answer must fit.
        clock: Measures.
    """
    run = EngineRun(engine=engine)
    started_s = clock.monotonic()
    try:
        run.answer = engine.run(given)
        run.answered = True
    except Exception as defect:  # noqa: BLE001 - a call ends here; what it read may stand in the message
        run.error = BaselineEngineError(
            f"baseline engine {engine.name!r} (version {engine.version}) failed with {place_of(defect)}",
            action="report it with the document's hash; other engines and documents are not affected",
        )
    run.latency_ms = round((clock.monotonic() - started_s) * 1000, 3)
    if schema is not None and run.answered:
        _judge(run, schema)
    return run


def _judge(run: EngineRun, schema: JsonSchema) -> None:
    run.schema_ok = False
    try:
        schema.check(run.answer)
    except WatchkeeperError as mismatch:
        run.error = mismatch
    else:
        run.schema_ok = True


def place_of(defect: BaseException) -> str:
    """An exception's type and the line it came from, without its message, which may hold content.

    >>> try:
    ...     int("a secret")
    ... except ValueError as defect:
    ...     place_of(defect).split(" in ")[0]
    'ValueError'
    """
    trace: TracebackType | None = defect.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(defect).__name__
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return f"{type(defect).__name__} in {module}, line {trace.tb_lineno}"
