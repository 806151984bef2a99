"""One attempt at a call whose answer comes as a stream of events."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from watchkeeper.domain.call import Usage
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import MalformedReplyError, TargetError, WatchkeeperError
from watchkeeper.gateway.dialects import Dialect, ReplyFacts, SseEvent, SseReader, StreamFacts
from watchkeeper.gateway.dialects.sse import DONE
from watchkeeper.gateway.ports import Answer
from watchkeeper.gateway.relay.attempted import NO_ANSWER, Attempted
from watchkeeper.gateway.relay.delivery import StreamDelivery

_RENEW_S = 1.0
"""Seconds by which a silence may last longer than its limit."""
_DRAIN_S = 0.25
"""Seconds that the end of the HTTP body may lag the end of the stream in it."""


async def try_stream(
    made: Attempted,
    body: bytes,
    headers: Mapping[str, str],
    delivery: StreamDelivery,
    *,
    within_s: float,
    silence_s: float,
    clock: Clock,
) -> None:
    """Ask once and pass the stream on as it comes; what became of it stands in `made`.

    Nothing goes to the client before the first whole event is there and is no error: until then another
    target can still answer in this one's place.

    Args:
        made: The attempt.
        body: In the target's dialect.
        headers: To send along.
        delivery: The client's side.
        within_s: Seconds until the first event must be there.
        silence_s: Seconds that may pass between events from then on.
        clock: Measures.
    """
    target = made.target
    facts = StreamFacts(Dialect(target.dialect))
    try:
        async with asyncio.timeout(within_s) as limit:
            made.sent = True
            answer = await target.open("chat", body, headers)
            made.http_status = answer.status
            if answer.status >= NO_ANSWER:
                made.reply_headers = dict(answer.headers)
                made.error, made.provider_words = await target.refusal(answer)
            else:
                made.reply_headers = dict(answer.headers)
                passing = _Passing(made, facts, delivery, limit=limit, silence_s=silence_s, clock=clock)
                try:
                    await passing.run(answer)
                except BaseException:
                    answer.abandon()
                    raise
    except TimeoutError:
        made.error = target.late(silence_s if made.begun else within_s)
    except WatchkeeperError as failure:
        made.error = failure
    made.latency_ms = round((clock.monotonic() - made.started_s) * 1000, 3)
    if made.http_status is not None and made.http_status < NO_ANSWER:
        made.facts = _as_known(facts)


def _as_known(facts: StreamFacts) -> ReplyFacts:
    """What a stream has said, without counts that would have grown: they are final once its end is told.

    Anthropic announces a message with a count of one, some servers count with every event; neither is
    what a broken-off stream will be charged.
    """
    reply = facts.reply()
    return reply if facts.finish_reason is not None else replace(reply, usage=Usage(), raw_usage=None)


class _Passing:
    """A target's stream on its way to the client: read, taken note of and sent on as each piece comes.

    It happens where the piece arrives, with no turn of a task in between: that would cost as much again,
    and each piece would wait for its turn.
    """

    def __init__(
        self,
        made: Attempted,
        facts: StreamFacts,
        delivery: StreamDelivery,
        *,
        limit: asyncio.Timeout,
        silence_s: float,
        clock: Clock,
    ) -> None:
        self._made = made
        self._facts = facts
        self._take_alike = facts.take_alike
        self._delivery = delivery
        self._pass_on = delivery.pass_on
        self._limit = limit
        self._silence_s = silence_s
        self._clock = clock
        self._reader = SseReader()
        self._now_s = asyncio.get_running_loop().time
        self._renew_s = 0.0
        self._shows_usage = delivery.shows(facts.dialect)
        self._verbatim = False
        """Whether what comes next begins an event, and goes on as it comes."""
        self._failure: WatchkeeperError | None = None

    async def run(self, answer: Answer) -> None:
        """Pass it on to its end.

        Raises:
            WatchkeeperError: It has failed, or was cut.
        """
        while not await _fed(self._made, answer, self._take):
            if self._failure is not None:
                raise self._failure
            if self._facts.complete:
                await _drained(answer)
                return
            await self._delivery.room()
        self._pass(self._reader.finish())
        if self._failure is not None:
            raise self._failure
        # Not every server says `[DONE]`; one that has told why the answer ended has ended it.
        if self._facts.finish_reason is None and not self._facts.complete:
            raise self._made.target.broken(ConnectionError("the stream ended before its end was told"))

    def _take(self, piece: bytes) -> bool:
        """Pass on what is whole with these bytes; whether there may be more."""
        if self._verbatim:
            # Nearly every event holds text alone: it goes on as it came, by the fewest calls that do it.
            end = self._take_alike(piece)
            if end == len(piece):
                if self._now_s() >= self._renew_s:
                    self._renew()
                return self._pass_on(piece)
            if end:
                self._pass_on(piece[:end])
                piece = piece[end:]
        takes_more = False
        try:
            takes_more = self._pass(self._reader.feed(piece))
        except WatchkeeperError as failure:
            self._failure = failure
        self._verbatim = self._reader.is_between_events and self._delivery.goes_verbatim(self._made)
        return takes_more and self._failure is None and not self._facts.complete

    def _pass(self, events: list[SseEvent]) -> bool:
        """Pass on events; whether the client takes more."""
        if not events:
            return True
        made = self._made
        shown, self._failure = _taken(self._facts, events, shows_usage=self._shows_usage)
        takes_more = True
        if shown:
            if made.ttft_ms is None:
                made.ttft_ms = round((self._clock.monotonic() - made.started_s) * 1000, 3)
            made.begun = True
            # Also before a failure: what was taken counts as delivered, so it must be.
            takes_more = self._delivery.take(made, shown)
        self._renew()
        return takes_more

    def _renew(self) -> None:
        """A whole event has come: the silence begins anew."""
        now_s = self._now_s()
        if now_s >= self._renew_s and not self._limit.expired():
            # A timer anew for each event would cost more than reading it.
            self._limit.reschedule(now_s + self._silence_s + _RENEW_S)
            self._renew_s = now_s + _RENEW_S


def _taken(
    facts: StreamFacts, events: list[SseEvent], *, shows_usage: bool
) -> tuple[list[SseEvent], TargetError | None]:
    """Read events up to the first that is a failure.

    Returns:
        Those to pass on, and the failure. Usage that the client did not ask for was asked for by us alone
        and is not passed on.
    """
    shown: list[SseEvent] = []
    for event in events:
        try:
            if facts.take_alike(event.raw):
                shown.append(event)
                continue
            facts.take(event)
        except MalformedReplyError as malformed:
            return shown, malformed
        if facts.error is not None:
            return shown, facts.error
        if shows_usage or not facts.usage_only or event.data == DONE:
            shown.append(event)
    return shown, None


async def _drained(answer: Answer) -> None:
    """Take what is left behind the last event, so that the connection can carry another exchange."""
    if answer.is_whole:
        return
    try:
        async with asyncio.timeout(_DRAIN_S):
            while await answer.piece() is not None:
                pass
    except Exception:  # noqa: BLE001 - the answer is whole; whatever comes behind it is nobody's
        answer.abandon()


async def _fed(made: Attempted, answer: Answer, take: Callable[[bytes], bool]) -> bool:
    try:
        return await answer.feed(take)
    except WatchkeeperError:
        raise
    except Exception as broken:  # a connection that ends in any way: the target has failed, with its name
        raise made.target.broken(broken) from broken
