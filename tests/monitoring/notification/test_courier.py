"""Letters on their way: retries with growing pauses, channels that hang or fail, couriers that die."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from watchkeeper.monitoring.notification.courier import Courier, Retrying
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.own_rules import channel_sighting
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.outbox import FakeChannel, InMemoryOutbox

QUICK = Retrying(timeout_s=0.05)
PATIENT = Retrying()


class Post:
    """Two channels, an outbox, and a courier that turns when told."""

    def __init__(self) -> None:
        self.clock = MovedClock()
        self.outbox = InMemoryOutbox()
        self.chat, self.pager = FakeChannel(), FakeChannel()
        self.courier = self.new_courier()
        self._written = 0

    def new_courier(self) -> Courier:
        return Courier(
            self.outbox,
            {"chat": self.chat, "pager": self.pager},
            retrying={"chat": QUICK if self.chat.manner == "hangs" else PATIENT},
            clock=self.clock,
        )

    def writes(self, channel: str) -> Letter:
        self._written += 1
        now = self.clock.now()
        letter = Letter(
            key=f"letter-{self._written}",
            channel=channel,
            recipient=channel,
            why="fired",
            workload="shop",
            severity="P1",
            level="CRITICAL",
            alert_ids=("a",),
            subject=f"letter {self._written}",
            body="it is slow",
            created_at=now,
            due_at=now,
        )
        self.outbox.put([letter])
        return letter

    def turns(self, *, after_s: float = 0.0) -> None:
        self.clock.advance(after_s)
        self.courier.turn()
        assert self.courier.wait(within_s=10)

    def letter(self, number: int) -> Letter:
        [found] = [one for one in self.outbox.since(self.clock.now()) if one.key == f"letter-{number}"] or [
            one
            for one in self.outbox.since(self.clock.now() - timedelta(days=9))
            if one.key == f"letter-{number}"
        ]
        return found


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()
    yield made
    made.chat.let_go()
    made.pager.let_go()


def test_a_letter_is_delivered_once_however_often_a_courier_turns(post: Post) -> None:
    post.writes("chat")
    for _ in range(3):
        post.turns(after_s=60)
    assert [letter.subject for letter in post.chat.taken] == ["letter 1"]
    assert post.letter(1).state == "delivered"


@pytest.mark.requirement("HE-35")
def test_a_channel_that_fails_for_an_hour_stops_no_other_and_delivers_afterwards(post: Post) -> None:
    post.chat.manner = "fails"
    post.writes("chat")
    post.writes("pager")
    for _ in range(360):
        post.turns(after_s=10)
    assert [letter.subject for letter in post.pager.taken] == ["letter 2"]
    assert post.letter(1).problem == "it answered 500"
    # 10, 20, 40, 80, 160 and then every 300 s: not a try a turn.
    assert post.chat.tries == 16
    [failing] = [one for one in post.outbox.channels() if one.channel == "chat"]
    sighting = channel_sighting(failing)
    assert str(sighting.rule.threshold.band(sighting.value)) == "breach"
    post.chat.manner = "takes"
    post.turns(after_s=300)
    assert [letter.subject for letter in post.chat.taken] == ["letter 1"]
    [healed] = [one for one in post.outbox.channels() if one.channel == "chat"]
    assert healed.failing == 0


@pytest.mark.requirement("HE-35")
def test_a_channel_that_hangs_has_its_deadline_and_holds_up_no_other(post: Post) -> None:
    post.chat.manner = "hangs"
    post.courier = post.new_courier()
    post.writes("chat")
    post.writes("chat")
    post.writes("pager")
    post.turns()
    assert [letter.subject for letter in post.pager.taken] == ["letter 3"]
    assert post.letter(1).problem == "no answer within 0.05 s"
    # One send hangs at a time: threads do not pile up behind a channel that is stuck.
    assert post.letter(2).problem == "an earlier letter still waits for its answer"
    assert post.chat.tries == 1


def test_a_courier_that_starts_anew_loses_nothing_and_sends_nothing_again(post: Post) -> None:
    post.writes("chat")
    post.turns()
    post.chat.manner = "fails"
    post.writes("chat")
    post.turns()
    post.courier = post.new_courier()
    post.chat.manner = "takes"
    post.turns(after_s=10)
    assert [letter.subject for letter in post.chat.taken] == ["letter 1", "letter 2"]


def test_two_couriers_on_one_outbox_send_a_letter_once(post: Post) -> None:
    other = post.new_courier()
    for _ in range(20):
        post.writes("chat")
    post.courier.turn()
    other.turn()
    assert post.courier.wait(within_s=10)
    assert other.wait(within_s=10)
    assert len(post.chat.taken) == len({letter.key for letter in post.chat.taken}) == 20


def test_a_letter_that_fails_for_a_day_is_given_up_and_kept(post: Post) -> None:
    post.chat.manner = "fails"
    post.writes("chat")
    for _ in range(25):
        post.turns(after_s=3600)
    assert post.letter(1).state == "given up"
    tries = post.chat.tries
    post.turns(after_s=3600)
    assert post.chat.tries == tries
