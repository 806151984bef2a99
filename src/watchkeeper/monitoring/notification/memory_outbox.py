"""Letters in memory: what the watchdog sends by while the state is away, and what a replay reads."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from watchkeeper.monitoring.notification.letter import ChannelStanding, Letter


class InMemoryOutbox:
    """An `Outbox` in memory; any thread may work on it."""

    def __init__(self) -> None:
        self._letters: dict[str, Letter] = {}
        self._failing: dict[str, tuple[int, str | None, datetime | None]] = {}
        self._lock = Lock()

    def put(self, letters: Sequence[Letter]) -> None:
        """See `Outbox.put`."""
        with self._lock:
            for letter in letters:
                self._letters.setdefault(letter.key, letter)

    def claim(self, channel: str, *, now: datetime, until: datetime) -> Letter | None:
        """See `Outbox.claim`."""
        with self._lock:
            due = [
                one
                for one in self._letters.values()
                if one.channel == channel and one.state == "waiting" and one.due_at <= now
            ]
            if not due:
                return None
            first = min(due, key=lambda one: (one.due_at, one.created_at, one.key))
            claimed = replace(first, attempts=first.attempts + 1, tried_at=now, due_at=until)
            self._letters[first.key] = claimed
            return claimed

    def delivered(self, key: str, *, at: datetime) -> None:
        """See `Outbox.delivered`."""
        with self._lock:
            letter = self._letters.get(key)
            if letter is not None and letter.state != "delivered":
                self._letters[key] = replace(letter, state="delivered", delivered_at=at, problem=None)
                self._failing[letter.channel] = (0, None, at)

    def failed(self, key: str, *, at: datetime, problem: str, again_at: datetime | None) -> None:
        """See `Outbox.failed`."""
        del at
        with self._lock:
            letter = self._letters.get(key)
            if letter is None or letter.state != "waiting":
                return
            self._letters[key] = replace(
                letter,
                problem=problem,
                state="waiting" if again_at is not None else "given up",
                due_at=again_at or letter.due_at,
            )
            failing, _, delivered_at = self._failing.get(letter.channel, (0, None, None))
            self._failing[letter.channel] = (failing + 1, problem, delivered_at)

    def since(self, instant: datetime) -> tuple[Letter, ...]:
        """See `Outbox.since`."""
        with self._lock:
            found = [
                one for one in self._letters.values() if one.created_at >= instant or one.state == "waiting"
            ]
        return tuple(
            sorted(sorted(found, key=lambda one: one.key), key=lambda one: one.created_at, reverse=True)
        )

    def channels(self) -> tuple[ChannelStanding, ...]:
        """See `Outbox.channels`."""
        with self._lock:
            letters = list(self._letters.values())
        standings = []
        for channel in sorted({one.channel for one in letters}):
            failing, problem, delivered_at = self._failing.get(channel, (0, None, None))
            waiting = sum(one.channel == channel and one.state == "waiting" for one in letters)
            standings.append(
                ChannelStanding(
                    channel=channel,
                    failing=failing,
                    waiting=waiting,
                    problem=problem,
                    delivered_at=delivered_at,
                )
            )
        return tuple(standings)
