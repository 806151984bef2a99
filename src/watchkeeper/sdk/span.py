"""A span while it is open, and what is known of it once it has ended."""

from __future__ import annotations

import json
from contextvars import ContextVar, Token
from typing import Protocol

from watchkeeper.sdk.opentelemetry_bridge import announce, open_parent, withdraw
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings
from watchkeeper.sdk.trace_context import RemoteParent

AttributeValue = str | bool | int | float | list[str] | list[bool] | list[int] | list[float]
_PLAIN = (bool, int, float, list)
MAX_ATTRIBUTES = 128
MAX_TEXT = 16_384
"""Characters of one attribute: a prompt has room, a scraped page has not."""
current: ContextVar[OpenSpan | RemoteParent | None] = ContextVar("watchkeeper_current", default=None)
"""Each thread and each task has its own; a task starts with that of who made it."""


class SpanOwner(Protocol):
    """Who opens spans, and is told when they end."""

    readings: Readings
    problems: Problems

    def ended(self, span: OpenSpan, /) -> None:
        """A span has ended."""
        ...

    def close(self, span: OpenSpan, error: BaseException | str | None = None) -> None:
        """End a span, and make the one before it the open one again."""
        ...


class OpenSpan:
    """One timed stretch of work. `with component(...) as span` hands it out."""

    __slots__ = (
        "_foreign_token",
        "_token",
        "attributes",
        "began_ns",
        "child_ns",
        "component",
        "cpu_began_ns",
        "cpu_ns",
        "duration_ns",
        "error",
        "kind",
        "name",
        "opened_by",
        "outer",
        "parent_span_id",
        "query_id",
        "recorder",
        "rss_bytes",
        "span_id",
        "start_ns",
        "taking_part",
        "trace_id",
        "trace_state",
    )

    def __init__(self, recorder: SpanOwner, name: str, *, component: str | None) -> None:
        outer = current.get()
        readings = recorder.readings
        foreign = open_parent(outer.span_id if outer is not None else None)
        if foreign is not None:
            parent: OpenSpan | RemoteParent | None = foreign
        else:
            parent = outer
        if parent is None:
            self.trace_id, self.parent_span_id, self.trace_state = readings.trace_id(), None, ""
        else:
            self.trace_id, self.parent_span_id = parent.trace_id, parent.span_id
            self.trace_state = parent.trace_state
        self.span_id: str = readings.span_id()
        self.recorder = recorder
        self.name = name
        self.component = component
        self.outer = outer if isinstance(outer, OpenSpan) else None
        self.query_id: str | None = self.outer.query_id if self.outer is not None else None
        self.taking_part: list[str] | None = self.outer.taking_part if self.outer is not None else None
        """Components of the query this is part of, in the order they began."""
        if component is not None and self.taking_part is not None and component not in self.taking_part:
            self.taking_part.append(component)
        self.attributes: dict[str, AttributeValue] = {}
        self.error: BaseException | str | None = None
        self.kind = "internal"
        self.child_ns = 0
        self.duration_ns = 0
        self.cpu_ns: int | None = None
        self.rss_bytes: int | None = None
        self.opened_by: object = None
        self.cpu_began_ns: int | None = None
        self._token: Token[OpenSpan | RemoteParent | None] | None = None
        self._foreign_token: object | None = None
        self.start_ns = readings.now_ns()
        self.began_ns = readings.elapsed_ns()

    def activate(self) -> None:
        """Make it the open span of this thread or task."""
        self._token = current.set(self)
        self._foreign_token = announce(self.trace_id, self.span_id)

    def deactivate(self) -> None:
        """Make the one before it the open span again."""
        if self._token is None:
            return
        token, self._token = self._token, None
        try:
            current.reset(token)
        except ValueError:  # ended in another task than it began in: that task's span is not ours to change
            self.recorder.problems.count("span_ended_elsewhere", self.name)
        else:
            withdraw(self._foreign_token)
        self._foreign_token = None

    def end(self, error: BaseException | str | None = None) -> None:
        """End it, once; what comes later is not heard."""
        if self.duration_ns:
            return
        self.duration_ns = max(1, self.recorder.readings.elapsed_ns() - self.began_ns)
        self.error = error if error is not None else self.error
        if self.outer is not None:
            self.outer.child_ns += self.duration_ns
        self.recorder.ended(self)

    def leave_to_parent(self) -> None:
        """In a forked child: the parent process ends and sends it; here it only is the parent of others."""
        self.duration_ns = 1

    @property
    def ok(self) -> bool:
        """Whether it has failed so far: no."""
        return self.error is None

    def set(self, **facts: object) -> None:
        """Note facts about the work, such as `results=12`; kept as attributes of the span."""
        for name, value in facts.items():
            self.set_attribute(name, value)

    def set_attribute(self, name: str, value: object) -> None:
        """Note one fact under a name with dots; at most 128, text of at most 16,384 characters."""
        if len(self.attributes) >= MAX_ATTRIBUTES and name not in self.attributes:
            self.recorder.problems.count("attribute_over_limit", f"{self.name}: {name}")
        elif isinstance(value, str):
            self.attributes[name] = value[:MAX_TEXT]
        elif isinstance(value, _PLAIN):
            self.attributes[name] = value
        else:
            self.attributes[name] = str(value)[:MAX_TEXT]

    def fail(self, reason: str) -> None:
        """Mark it as failed where nothing is raised."""
        self.error = reason

    def model_call(
        self,
        *,
        provider: str,
        model: str,
        operation: str = "chat",
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        cache_read_tokens: int | None = None,
        reasoning_tokens: int | None = None,
        finish_reason: str | None = None,
        prompt: str | None = None,
        reply: str | None = None,
    ) -> None:
        """Say that this work was a call of a model (names of OpenTelemetry's GenAI conventions).

        A call that went through our gateway, or through an instrumented client, must not be told again here.
        """
        told: dict[str, AttributeValue | None] = {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": provider,
            "gen_ai.request.model": model,
            "gen_ai.usage.input_tokens": input_tokens,
            "gen_ai.usage.output_tokens": output_tokens,
            "gen_ai.usage.cache_read.input_tokens": cache_read_tokens,
            "gen_ai.usage.reasoning.output_tokens": reasoning_tokens,
            "gen_ai.response.finish_reasons": [finish_reason] if finish_reason else None,
            "gen_ai.input.messages": _messages("user", prompt),
            "gen_ai.output.messages": _messages("assistant", reply),
        }
        self.kind = "client"
        for name, value in told.items():
            if value is not None:
                self.set_attribute(name, value)


class UnrecordedSpan:
    """What `with component(...) as span` hands out where nothing is recorded: keeps nothing."""

    trace_id: str | None = None
    span_id: str | None = None

    def set(self, **facts: AttributeValue) -> None:
        """Keep nothing."""

    def set_attribute(self, name: str, value: AttributeValue) -> None:
        """Keep nothing."""

    def fail(self, reason: str) -> None:
        """Keep nothing."""

    def model_call(self, **facts: object) -> None:
        """Keep nothing."""


def _messages(role: str, text: str | None) -> str | None:
    if text is None:
        return None
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text[: MAX_TEXT // 2]}]}])
