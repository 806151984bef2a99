"""One contract for a fake channel and for apprise, over HTTP to a webhook."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from watchkeeper.adapters.notifiers.apprise_channel import AppriseChannel
from watchkeeper.monitoring.notification.channel import Channel, ChannelError
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.testing.outbox import FakeChannel
from watchkeeper.testing.webhook import Webhook

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LETTER = Letter(
    key="k",
    channel="hook",
    recipient="hook",
    why="fired",
    workload="shop",
    severity="P1",
    level="CRITICAL",
    alert_ids=("a",),
    subject="[CRITICAL P1] shop: slow",
    body="value: 123.46 ms\nthreshold: 100.00 ms",
    created_at=NOON,
    due_at=NOON,
)


class Way:
    """A channel, and what arrives at its end."""

    def __init__(self, hook: Webhook | None) -> None:
        self.hook = hook
        self.fake = FakeChannel()
        self.channel: Channel = self.fake if hook is None else AppriseChannel(hook.url, timeout_s=5)

    def fails(self) -> None:
        self.fake.manner = "fails"
        if self.hook is not None:
            self.hook.status = 500

    def arrived(self) -> list[tuple[str, str]]:
        if self.hook is None:
            return [(one.subject, one.body) for one in self.fake.taken]
        return [(one["title"], one["message"]) for one in self.hook.taken]


@pytest.fixture(params=["fake", "apprise"])
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    if request.param == "fake":
        yield Way(None)
        return
    with Webhook() as hook:
        yield Way(hook)


def test_a_letter_arrives_as_it_was_written(way: Way) -> None:
    way.channel.send(LETTER)
    assert way.arrived() == [(LETTER.subject, LETTER.body)]


def test_a_channel_that_does_not_take_a_letter_says_so(way: Way) -> None:
    way.fails()
    with pytest.raises(ChannelError, match="500"):
        way.channel.send(LETTER)
    assert way.arrived() == []


@pytest.mark.requirement("HE-41")
def test_a_chat_shows_danger_for_critical_else_warning() -> None:
    with Webhook() as hook:
        channel = AppriseChannel(hook.url, timeout_s=5)
        channel.send(LETTER)
        channel.send(Letter(**{**_fields(LETTER), "level": "WARNING"}))
        channel.send(Letter(**{**_fields(LETTER), "why": "resolved"}))
        assert [one["type"] for one in hook.taken] == ["failure", "warning", "success"]


def test_nobody_at_the_other_end_is_told_without_the_address() -> None:
    channel = AppriseChannel("json://user:secret@127.0.0.1:9/hook", timeout_s=1)
    with pytest.raises(ChannelError) as told:
        channel.send(LETTER)
    assert "secret" not in str(told.value)


def test_an_address_apprise_does_not_know_is_named_as_such() -> None:
    with pytest.raises(ChannelError, match="does not know its address"):
        AppriseChannel("nosuch://anything", timeout_s=1).send(LETTER)


def _fields(letter: Letter) -> dict[str, object]:
    return {name: getattr(letter, name) for name in letter.__dataclass_fields__}
