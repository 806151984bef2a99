"""A model target without a model and without HTTP: it answers from a script and remembers requests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from watchkeeper.domain.errors import (
    TargetError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
    WatchkeeperError,
)
from watchkeeper.gateway.dialects import failure_of
from watchkeeper.gateway.ports import Answer
from watchkeeper.testing.completion_wire import reply_body, stream_events
from watchkeeper.testing.scripted_reply import ScriptedReply, failure
from watchkeeper.testing.upstream import RecordedRequest

Step = ScriptedReply | WatchkeeperError | Callable[[RecordedRequest], ScriptedReply]
"""A reply to give, faults included, an error to raise, or a function that makes either of the request."""


class ScriptedAnswer:
    """A scripted reply as it arrives; see `watchkeeper.gateway.ports.Answer`."""

    def __init__(self, reply: ScriptedReply, pieces: Iterable[bytes]) -> None:
        self.status = reply.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in reply.headers.items()}
        self._pieces = _arriving(reply, pieces)
        self._ended = False

    async def piece(self) -> bytes | None:
        """The next bytes of the body; None at its end.

        Raises:
            ConnectionError: The script cuts it here.
        """
        piece = await anext(self._pieces, None)
        self._ended = piece is None
        return piece

    @property
    def is_whole(self) -> bool:
        """Whether it has been taken to its end."""
        return self._ended

    async def feed(self, take: Callable[[bytes], bool], /) -> bool:
        """Hand on every piece at the moment it comes; whether the body is at its end.

        Raises:
            ConnectionError: The script cuts it.
        """
        while (piece := await self.piece()) is not None:
            if not take(piece):
                return False
        return True

    async def whole(self, most_bytes: int, /) -> bytes:
        """The whole body.

        Raises:
            ConnectionError: The script cuts it, or it is longer than `most_bytes`.
        """
        body = b""
        while (piece := await self.piece()) is not None:
            body += piece
            if len(body) > most_bytes:
                raise ConnectionError(f"its body is longer than {most_bytes} bytes")
        return body

    def abandon(self) -> None:
        """Take no more of it: nothing is held that would have to be let go."""


class ScriptedTarget:
    """A `ModelTarget` (see `watchkeeper.gateway.ports`) that takes one step of its script a request.

    After its last step it fails with status 500 and code `script_ended`: a test that asks more often
    than it says is told so. With `then` given, that step is taken for every further request.

    >>> target = ScriptedTarget([failure(503)])
    >>> asyncio.run(target.open("chat", b"{}", {})).status
    503
    """

    dialect = "openai"

    def __init__(
        self,
        script: Iterable[Step] = (),
        *,
        name: str = "scripted",
        provider: str = "scripted",
        model: str = "scripted-1",
        then: Step | None = None,
    ) -> None:
        self.name = name
        self.provider = provider
        self.model = model
        self.limits_s: list[float] = []
        """How long each answer that came too late was waited for, in seconds."""
        self._script = list(script)
        self._then = then or failure(500, code="script_ended")
        self._requests: list[RecordedRequest] = []

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """Every request so far, in order."""
        return tuple(self._requests)

    def add(self, *steps: Step) -> None:
        """Lengthen the script."""
        self._script.extend(steps)

    async def open(self, operation: str, body: bytes, headers: Mapping[str, str]) -> ScriptedAnswer:
        """Take the next step of the script.

        Raises:
            WatchkeeperError: The step says so.
        """
        sent = {name.lower(): value for name, value in headers.items()}
        request = RecordedRequest(len(self._requests) + 1, "POST", f"/{operation}", sent, body)
        self._requests.append(request)
        step = self._script.pop(0) if self._script else self._then
        if isinstance(step, WatchkeeperError):
            raise step
        reply = step if isinstance(step, ScriptedReply) else step(request)
        if reply.delay_s:
            await asyncio.sleep(reply.delay_s)
        if reply.drop:
            raise self.broken(ConnectionError("the connection was closed"))
        return ScriptedAnswer(reply, _body_of(reply, request))

    async def refusal(self, answer: Answer, /) -> tuple[TargetError, bytes]:
        """What a status of 300 or more stands for, and the provider's own words."""
        body = await answer.whole(1_000_000)
        return failure_of(answer.status, answer.headers, body, target=self.name), body

    def late(self, within_s: float) -> TargetError:
        """It answered too late."""
        self.limits_s.append(within_s)
        return TargetTimeoutError(f"target {self.name!r} gave no whole answer within {within_s:.1f} s")

    def broken(self, failure: Exception) -> TargetError:
        """The exchange broke off."""
        return TargetUnreachableError(f"target {self.name!r} broke off: {failure}")

    def malformed(self, what: str, *, http_status: int) -> TargetError:
        """It answered, and not with a reply of its dialect."""
        said = f"target {self.name!r} answered with a body that is no reply: {what}"
        return TargetServerError(said, http_status=http_status)


def _body_of(reply: ScriptedReply, request: RecordedRequest) -> Iterable[bytes]:
    asked = request.json
    if reply.status < 300 and reply.body is None and asked.get("stream") is True:
        options = asked.get("stream_options") or {}
        return stream_events(reply, number=request.number, with_usage=options.get("include_usage") is True)
    return [reply_body(reply, number=request.number)]


async def _arriving(reply: ScriptedReply, pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    left = reply.cut_after_bytes
    for piece in pieces:
        for part in [piece[at : at + 1] for at in range(len(piece))] if reply.byte_delay_s else [piece]:
            sent = part if left is None else part[:left]
            if sent:
                yield sent
            if left is not None:
                left -= len(sent)
                if len(sent) < len(part):
                    raise ConnectionError("the connection broke off")
            if reply.byte_delay_s:
                await asyncio.sleep(reply.byte_delay_s)
