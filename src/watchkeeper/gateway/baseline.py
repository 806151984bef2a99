"""Baseline engines as targets: same path, same receipts, no provider and no cost."""

from types import TracebackType

from watchkeeper.domain.call import ModelCall, Reply
from watchkeeper.domain.errors import BaselineEngineError
from watchkeeper.gateway.ports import BaselineEngine

BASELINE = "baseline"
"""The provider of every baseline engine (architecture §5, Receipts)."""


class BaselineTarget:
    """A baseline engine as a target."""

    provider = BASELINE

    def __init__(self, engine: BaselineEngine) -> None:
        self._engine = engine
        self.name = engine.name
        self.model = engine.name
        self.release: str | None = engine.version

    def send(self, call: ModelCall, /) -> Reply:
        """The engine's answer as `parsed`; it runs to its end, whatever the deadline.

        Raises:
            BaselineEngineError: The engine raised; the error names where, and never what it read.
        """
        try:
            answer = self._engine.run(call.baseline_input)
        except Exception as defect:
            raise BaselineEngineError(
                f"baseline engine {self.name!r} (version {self.release}) failed with {place_of(defect)}",
                action="report it with the document's hash; other engines and documents are not affected",
            ) from defect
        return Reply(model=self.model, parsed=answer, finish_reason="stop")


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
