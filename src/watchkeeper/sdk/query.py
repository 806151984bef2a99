"""The instrumented query: six steps in one trace, in the order requirement HE-69 gives.

1. validate input, 2. make query id, 3. work (the block), 4. validate output, 5. record metrics, 6. write log.
"""

from collections.abc import Callable, Sized
from types import TracebackType
from typing import Any

from watchkeeper.domain.errors import InvalidInputError, WatchkeeperError
from watchkeeper.sdk.current import CURRENT
from watchkeeper.sdk.handle import Handle
from watchkeeper.sdk.readings import Readings, readings_of
from watchkeeper.sdk.records import is_share
from watchkeeper.sdk.span import OpenSpan

STEPS = ("validate input", "make query id", "work", "validate output", "record metrics", "write log")
MAX_CHARS = 1_000
"""Of a query's text (HE-08), where `init` was not told otherwise."""


class InvalidOutputError(WatchkeeperError):
    """What the application was about to answer is not what an answer may be (HE-10)."""

    code = "invalid_output"


class Query:
    """One query, for `with query(text) as q`. What is known of its answer is set on it inside the block."""

    def __init__(
        self,
        text: str,
        *,
        query_type: str | None = None,
        query_id: str | None = None,
        validate_input: Callable[[str], object] | None = None,
        validate_output: Callable[[Any], object] | None = None,
    ) -> None:
        self.text = text
        self.query_type = query_type
        self.query_id = query_id
        self.results: object = None
        """What was found, or how many; None: unknown."""
        self.ndcg: float | None = None
        self.used_history: bool | None = None
        self.used_tools: bool | None = None
        self.tokens_generated: int | None = None
        self.degraded = False
        self.components: list[str] = []
        """What took part, in the order it began; components opened inside the block come by themselves."""
        self.latency_ms: float | None = None
        """Of the work alone, once it has ended."""
        self.trace_id: str | None = None
        self._validate_input = validate_input
        self._validate_output = validate_output
        self._handle: Handle | None = None
        self._root: OpenSpan | None = None
        self._work: OpenSpan | None = None
        self._readings: Readings = readings_of(None, None)
        self._began_ns = 0

    def __enter__(self) -> "Query":
        """Steps 1 and 2, and the beginning of 3.

        Raises:
            InvalidInputError: The text is no query; nothing has been done for it.
        """
        self._handle = handle = CURRENT.handle
        if handle is not None:
            self._readings = handle.recorder.readings
            self._root = handle.recorder.open("query")
            if self._root is not None:
                self.trace_id = self._root.trace_id
                if self.query_type is not None:
                    self._root.set_attribute("watchkeeper.query_type", self.query_type)
        try:
            self._step(1, self._check_input)
        except BaseException as refusal:
            self._refused(refusal)
            raise
        self._step(2, self._make_id)
        self._began_ns = self._readings.elapsed_ns()
        if self._root is not None and handle is not None:
            self._root.query_id, self._root.taking_part = self.query_id, self.components
            self._work = handle.recorder.open(STEPS[2])
            if self._work is not None:
                self._work.set_attribute("watchkeeper.step", 3)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The end of step 3, and steps 4 to 6.

        Raises:
            InvalidOutputError: The answer is none; the application must not give it to its user.
        """
        self.latency_ms = (self._readings.elapsed_ns() - self._began_ns) / 1e6
        handle, failure = self._handle, error
        if handle is not None:
            handle.recorder.close(self._work, error)
        if error is None:
            try:
                self._step(4, self._check_output)
            except BaseException as refusal:
                failure = refusal
                raise
            finally:
                self._tell(failure)
        else:
            self._tell(error)

    async def __aenter__(self) -> "Query":
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def _check_input(self) -> None:
        most = self._handle.options.query_max_chars if self._handle is not None else MAX_CHARS
        check_query_text(self.text, most)
        if self._validate_input is not None and self._validate_input(self.text) is False:
            raise InvalidInputError(
                "the query was refused by the application's own check", action="ask otherwise"
            )

    def _make_id(self) -> None:
        if self.query_id is None:
            self.query_id = f"q-{self._readings.span_id()}"

    def _check_output(self) -> None:
        if self.ndcg is not None and not is_share(self.ndcg):
            raise InvalidOutputError(
                f"ndcg is from 0 to 1, not {self.ndcg!r}", action="correct how it is worked out"
            )
        if isinstance(self.results, int | float) and count_of(self.results) is None:
            raise InvalidOutputError(
                f"{self.results!r} is no number of results", action="set a whole number from 0"
            )
        if self._validate_output is not None and self._validate_output(self.results) is False:
            raise InvalidOutputError(
                f"the answer to query {self.query_id} was refused by `validate_output`",
                action="answer by a fallback, or look into what made it",
            )

    def _tell(self, failure: BaseException | None) -> None:
        """Steps 5 and 6; what goes wrong in them is ours and is counted."""
        handle = self._handle
        if handle is None:
            return
        try:
            self._account(handle, failure)
        except Exception as ours:  # noqa: BLE001 - the application goes on
            handle.recorder.problems.count("query_not_recorded", ours)
        handle.recorder.close(self._root, failure)

    def _account(self, handle: Handle, failure: BaseException | None) -> None:
        record = handle.queries.row(
            self.query_id or "",
            self.latency_ms or 0.0,
            results=count_of(self.results),
            ndcg=self.ndcg if is_share(self.ndcg) else None,
            components=self.components,
            query_type=self.query_type,
            text=self.text,
            used_history=self.used_history,
            used_tools=self.used_tools,
            tokens_generated=self.tokens_generated,
            error=None if failure is None else type(failure).__name__,
            degraded=self.degraded,
        )
        if record is not None:
            self._step(5, lambda: handle.queries.count(record))
            handle.send(record)
            self._step(6, lambda: handle.queries.log(record))
        if self._root is not None and self.degraded:
            self._root.set_attribute("watchkeeper.degraded", True)

    def _refused(self, refusal: BaseException) -> None:
        if self._handle is not None:
            self._handle.record_metric("queries_refused", 1, kind="counter", unit="1")
            self._handle.recorder.log(
                "queries",
                "warning",
                "query refused",
                {
                    "success": False,
                    "error": type(refusal).__name__,
                    "detail": str(refusal)[:400],
                    "text_characters": len(self.text) if isinstance(self.text, str) else None,
                },
            )
            self._handle.recorder.close(self._root, refusal)

    def _step(self, number: int, work: Callable[[], None]) -> None:
        recorder = self._handle.recorder if self._handle is not None and self._root is not None else None
        if recorder is None:
            work()
            return
        span = recorder.open(STEPS[number - 1])
        if span is not None:
            span.set_attribute("watchkeeper.step", number)
        try:
            work()
        except BaseException as failure:
            recorder.close(span, failure)
            raise
        recorder.close(span)


def check_query_text(text: object, most_characters: int) -> None:
    """Whether a text is a query (HE-08).

    Raises:
        InvalidInputError: It is no text, empty, blank, or too long.
    """
    if not isinstance(text, str):
        raise InvalidInputError(f"a query is a text, not {type(text).__name__}", action="send text")
    if not text.strip():
        raise InvalidInputError("the query is empty", action=f"send 1 to {most_characters} characters")
    if len(text) > most_characters:
        raise InvalidInputError(
            f"the query has {len(text)} characters", action=f"send at most {most_characters} characters"
        )


def count_of(results: object) -> int | None:
    """How many results there are: a whole number from 0, or the length of what was found; None: unknown."""
    if isinstance(results, bool) or results is None:
        return None
    if isinstance(results, int):
        return results if results >= 0 else None
    return len(results) if isinstance(results, Sized) and not isinstance(results, str | bytes) else None
