"""The courier: takes due letters to their channels, each channel in a thread of its own.

A channel that hangs or fails holds up no other. A letter is tried again with growing pauses until it is
taken or given up; what was tried stands in the outbox, so a courier that starts anew, or another one beside
it, goes on where the last one was. A courier that dies between handing a letter over and noting it hands it
over again: letters arrive at least once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.notification.channel import Channel, ChannelError
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.ports import Outbox

_LEASE_S = 60.0
"""How much longer than a send may take a letter is nobody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """How often a letter is tried, and how long one try may take."""

    first_s: float = 10.0
    longest_s: float = 300.0
    give_up_after_s: float = 86_400.0
    timeout_s: float = 10.0

    def again_at(self, letter: Letter, now: datetime) -> datetime | None:
        """When to try a letter again that failed; None when it is given up."""
        pause_s = min(self.first_s * 2.0 ** min(letter.attempts - 1, 30), self.longest_s)
        again = now + timedelta(seconds=pause_s)
        over = letter.created_at + timedelta(seconds=self.give_up_after_s)
        return again if again <= over else None


class Courier:
    """Takes letters out."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        *,
        retrying: Mapping[str, Retrying],
        clock: Clock,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Name the channels.

        Args:
            outbox: The letters.
            channels: By name.
            retrying: How letters of each are tried; the usual way where it names none.
            clock: When it is.
            failed: Told of what keeps a channel's thread from working, in a sentence.
        """
        self._outbox = outbox
        self._lanes = {
            name: _Lane(
                name,
                channel,
                outbox=outbox,
                retrying=retrying.get(name, Retrying()),
                clock=clock,
                failed=failed,
            )
            for name, channel in channels.items()
        }

    def turn(self) -> None:
        """Have every channel take what is due; comes back at once."""
        for lane in self._lanes.values():
            lane.start()

    def wait(self, *, within_s: float) -> bool:
        """Wait until no channel works; whether it came to that in time."""
        ended = [lane.wait(within_s) for lane in self._lanes.values()]
        return all(ended)


class _Lane:
    """One channel's letters, one after the other."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        *,
        outbox: Outbox,
        retrying: Retrying,
        clock: Clock,
        failed: Callable[[str], None],
    ) -> None:
        self._name = name
        self._channel = channel
        self._outbox = outbox
        self._retrying = retrying
        self._clock = clock
        self._failed = failed
        self._lock = Lock()
        self._thread: Thread | None = None
        self._hanging: Thread | None = None

    def start(self) -> None:
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = Thread(target=self._work, name=f"channel-{self._name}", daemon=True)
            self._thread.start()

    def wait(self, within_s: float) -> bool:
        thread = self._thread
        if thread is not None:
            thread.join(within_s)
        return thread is None or not thread.is_alive()

    def _work(self) -> None:
        try:
            while (letter := self._claimed()) is not None:
                self._take(letter)
        except WatchkeeperError as failure:
            # The outbox is away: what was claimed is due again by itself.
            self._failed(f"channel {self._name}: {failure.message}")

    def _claimed(self) -> Letter | None:
        now = self._clock.now()
        until = now + timedelta(seconds=self._retrying.timeout_s + _LEASE_S)
        return self._outbox.claim(self._name, now=now, until=until)

    def _take(self, letter: Letter) -> None:
        problem = self._send(letter)
        now = self._clock.now()
        if problem is None:
            self._outbox.delivered(letter.key, at=now)
        else:
            again_at = self._retrying.again_at(letter, now)
            self._outbox.failed(letter.key, at=now, problem=problem, again_at=again_at)

    def _send(self, letter: Letter) -> str | None:
        """Hand a letter over within the time it may take; why it was not taken, None when it was."""
        if self._hanging is not None and self._hanging.is_alive():
            return "an earlier letter still waits for its answer"
        problems: list[str | None] = []
        thread = Thread(
            target=lambda: problems.append(_handed_over(self._channel, letter)),
            name=f"send-{self._name}",
            daemon=True,
        )
        thread.start()
        thread.join(self._retrying.timeout_s)
        if not problems:
            self._hanging = thread
            return f"no answer within {self._retrying.timeout_s:g} s"
        return problems[0]


def _handed_over(channel: Channel, letter: Letter) -> str | None:
    try:
        channel.send(letter)
    except ChannelError as refused:
        return str(refused) or "it was not taken"
    except Exception as failure:  # noqa: BLE001 - a channel's own code fails in any way it likes
        return type(failure).__name__
    return None
