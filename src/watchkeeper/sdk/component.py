"""`component`: a part of an application, as decorator and as context manager (HE-16, HE-68)."""

import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

from watchkeeper.sdk.current import CURRENT
from watchkeeper.sdk.span import AttributeValue, OpenSpan, UnrecordedSpan, current

P = ParamSpec("P")
R = TypeVar("R")


class Component:
    """Times work of a named part, and keeps what it raises: the application's exception goes on as it was.

    Without `init`, and when our side fails, the work runs as if this were not there.
    """

    __slots__ = ("_attributes", "name")

    def __init__(self, name: str, attributes: dict[str, AttributeValue]) -> None:
        self.name = name
        self._attributes = attributes

    def __enter__(self) -> OpenSpan | UnrecordedSpan:
        span = self._open()
        return span if span is not None else UnrecordedSpan()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        span = _innermost_of(self)
        if span is not None:
            span.recorder.close(span, error)

    async def __aenter__(self) -> OpenSpan | UnrecordedSpan:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Wrap a function, coroutine function, generator or asynchronous generator function."""
        if inspect.isasyncgenfunction(function):
            return cast("Callable[P, R]", self._async_generator(function))
        if inspect.isgeneratorfunction(function):
            return cast("Callable[P, R]", self._generator(function))
        if inspect.iscoroutinefunction(function):
            return cast("Callable[P, R]", self._coroutine(function))
        return self._function(function)

    def _function(self, function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            span = self._open()
            if span is None:
                return function(*args, **kwargs)
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                span.recorder.close(span, error)
                raise
            span.recorder.close(span)
            return result

        return timed

    def _coroutine(self, function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        @functools.wraps(function)
        async def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            span = self._open()
            if span is None:
                return await function(*args, **kwargs)
            try:
                result = await function(*args, **kwargs)
            except BaseException as error:
                span.recorder.close(span, error)
                raise
            span.recorder.close(span)
            return result

        return timed

    def _generator(
        self, function: Callable[P, Generator[Any, Any, R]]
    ) -> Callable[P, Generator[Any, Any, R]]:
        """The span is open while the generator works, not while its caller does between two values."""

        @functools.wraps(function)
        def timed(*args: P.args, **kwargs: P.kwargs) -> Generator[Any, Any, R]:
            span = self._open()
            if span is None:
                return (yield from function(*args, **kwargs))
            span.cpu_began_ns = None  # its caller works between two values
            inner = function(*args, **kwargs)
            step: Callable[[], Any] = functools.partial(next, inner)
            try:
                while True:
                    value = step()
                    span.deactivate()
                    try:
                        sent = yield value
                        step = functools.partial(inner.send, sent)
                    except GeneratorExit:
                        span.activate()
                        inner.close()
                        raise
                    except BaseException as thrown:  # noqa: BLE001 - the caller's, handed in
                        step = functools.partial(inner.throw, thrown)
                    span.activate()
            except StopIteration as stop:
                span.recorder.close(span)
                return cast("R", stop.value)
            except GeneratorExit:
                span.recorder.close(span)
                raise
            except BaseException as error:
                span.recorder.close(span, error)
                raise

        return timed

    def _async_generator(
        self, function: Callable[P, AsyncGenerator[Any, Any]]
    ) -> Callable[P, AsyncGenerator[Any, Any]]:
        @functools.wraps(function)
        async def timed(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[Any, Any]:
            inner = function(*args, **kwargs)
            span = self._open()
            step: Callable[[], Awaitable[Any]] = functools.partial(inner.asend, None)
            try:
                while True:
                    value = await step()
                    if span is not None:
                        span.deactivate()
                    try:
                        sent = yield value
                        step = functools.partial(inner.asend, sent)
                    except GeneratorExit:
                        if span is not None:
                            span.activate()
                        await inner.aclose()
                        raise
                    except BaseException as thrown:  # noqa: BLE001 - the caller's, handed in
                        step = functools.partial(inner.athrow, thrown)
                    if span is not None:
                        span.activate()
            except (StopAsyncIteration, GeneratorExit) as end:
                if span is not None:
                    span.recorder.close(span)
                if isinstance(end, GeneratorExit):
                    raise
            except BaseException as error:
                if span is not None:
                    span.recorder.close(span, error)
                raise

        return timed

    def _open(self) -> OpenSpan | None:
        handle = CURRENT.handle
        if handle is None:
            return None
        span = handle.recorder.open(self.name, component=self.name)
        if span is not None:
            span.opened_by = self
            if self._attributes:
                span.attributes.update(self._attributes)
        return span


def component(name: str, **attributes: AttributeValue) -> Component:
    """A part of the application, for a decorator or `with`.

    Args:
        name: As it stands in traces, figures and logs.
        attributes: Facts that every call of it carries.

    Raises:
        ValueError: The name is empty.
    """
    if not name or not name.strip():
        raise ValueError('a component needs a name, such as component("retriever")')
    return Component(name, attributes)


def _innermost_of(opener: Component) -> OpenSpan | None:
    """The innermost open span that this component opened here; it may be entered again inside itself."""
    at = current.get()
    span = at if isinstance(at, OpenSpan) else None
    while span is not None and span.opened_by is not opener:
        span = span.outer
    return span
