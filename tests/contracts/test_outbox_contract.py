"""One contract for letters in memory and in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.outbox import PostgresOutbox
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.ports import Outbox
from watchkeeper.testing.outbox import InMemoryOutbox

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def outbox(request: pytest.FixtureRequest) -> Outbox:
    if request.param == "in memory":
        return InMemoryOutbox()
    database: Database = request.getfixturevalue("database")
    return PostgresOutbox(database)


@pytest.fixture
def letter(fresh: Callable[[str], str]) -> Letter:
    return Letter(
        key=fresh("letter"),
        channel=fresh("channel"),
        recipient="ida",
        why="fired",
        workload="shop",
        severity="P1",
        level="CRITICAL",
        alert_ids=("one", "two"),
        subject="slow",
        body="it is slow",
        created_at=NOON,
        due_at=NOON,
    )


def claim(outbox: Outbox, letter: Letter, now: datetime) -> Letter | None:
    return outbox.claim(letter.channel, now=now, until=now + MINUTE)


def test_a_letter_comes_out_once_as_it_was_put_in(outbox: Outbox, letter: Letter) -> None:
    outbox.put([letter])
    claimed = claim(outbox, letter, NOON)
    assert claimed == replace(letter, attempts=1, tried_at=NOON, due_at=NOON + MINUTE)
    assert claim(outbox, letter, NOON) is None


def test_a_letter_put_in_twice_is_there_once(outbox: Outbox, letter: Letter) -> None:
    outbox.put([letter])
    outbox.put([replace(letter, subject="another")])
    assert [one.subject for one in outbox.since(NOON) if one.key == letter.key] == ["slow"]


def test_a_letter_of_a_courier_that_died_is_due_again(outbox: Outbox, letter: Letter) -> None:
    outbox.put([letter])
    claim(outbox, letter, NOON)
    again = claim(outbox, letter, NOON + MINUTE)
    assert again is not None
    assert again.attempts == 2


def test_what_was_delivered_is_never_sent_again(outbox: Outbox, letter: Letter) -> None:
    outbox.put([letter])
    claim(outbox, letter, NOON)
    outbox.delivered(letter.key, at=NOON)
    # A courier that was slow to hear of it.
    outbox.failed(letter.key, at=NOON, problem="no answer", again_at=NOON)
    assert claim(outbox, letter, NOON + 10 * MINUTE) is None
    [kept] = [one for one in outbox.since(NOON) if one.key == letter.key]
    assert (kept.state, kept.delivered_at, kept.problem) == ("delivered", NOON, None)


def test_a_channel_counts_failures_until_something_goes_well(outbox: Outbox, letter: Letter) -> None:
    def standing() -> tuple[int, int, str | None]:
        [one] = [one for one in outbox.channels() if one.channel == letter.channel]
        return one.failing, one.waiting, one.problem

    outbox.put([letter])
    assert standing() == (0, 1, None)
    for minute in range(2):
        claim(outbox, letter, NOON + minute * MINUTE)
        at = NOON + minute * MINUTE
        outbox.failed(letter.key, at=at, problem="it answered 500", again_at=at + MINUTE)
    assert standing() == (2, 1, "it answered 500")
    claim(outbox, letter, NOON + 2 * MINUTE)
    outbox.delivered(letter.key, at=NOON + 2 * MINUTE)
    assert standing() == (0, 0, None)


def test_a_letter_that_is_given_up_is_kept_and_not_tried(outbox: Outbox, letter: Letter) -> None:
    outbox.put([letter])
    claim(outbox, letter, NOON)
    outbox.failed(letter.key, at=NOON, problem="it answered 500", again_at=None)
    assert claim(outbox, letter, NOON + 10 * MINUTE) is None
    [kept] = [one for one in outbox.since(NOON) if one.key == letter.key]
    assert (kept.state, kept.problem) == ("given up", "it answered 500")


def test_what_waits_is_told_however_old_it_is(outbox: Outbox, letter: Letter) -> None:
    outbox.put([letter])
    assert letter.key in {one.key for one in outbox.since(NOON + timedelta(days=2))}
