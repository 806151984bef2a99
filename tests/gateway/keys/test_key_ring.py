"""What a key lets its holder do, until when, and what is told to who may not."""

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import (
    InvalidInputError,
    KeyForbiddenError,
    KeyRefusedError,
    UnavailableError,
)
from watchkeeper.gateway.keys.api_key import RIGHTS, ApiKey, KeyRole, Right, hash_of
from watchkeeper.gateway.keys.copy_file import KeyCopy
from watchkeeper.gateway.keys.desk import KeyDesk, KeyWanted
from watchkeeper.gateway.keys.ports import KeySet
from watchkeeper.gateway.keys.refresh import KeyRefresh
from watchkeeper.gateway.keys.ring import LONGEST_KEY, KeyRing
from watchkeeper.gateway.rate_limit import RateLimit
from watchkeeper.testing.clock import FIRST_INSTANT, CountedIds, MovedClock
from watchkeeper.testing.keys_and_orders import InMemoryKeys

OPERATORS = "wk-of-the-settings"
DAY = timedelta(days=1)


def drawn(size: int) -> bytes:
    return bytes(range(size))


class KeyScene:
    """A store, a desk before it, and a ring kept in step with it."""

    def __init__(self, copy: KeyCopy | None = None, store: InMemoryKeys | None = None) -> None:
        self.clock = MovedClock()
        self.store = store or InMemoryKeys()
        self._drawn = 0
        self.desk = KeyDesk(self.store, clock=self.clock, ids=CountedIds(), draw=self._draw)
        self.ring = KeyRing([OPERATORS])
        self.refresh = KeyRefresh(self.ring, self.store, copy)

    def _draw(self, size: int) -> bytes:
        self._drawn += 1
        return bytes([self._drawn]) * size

    def make(self, name: str = "ci", **wanted: object) -> tuple[str, str]:
        made = self.desk.create(KeyWanted(name=name, **wanted), by="Kim")  # type: ignore[arg-type] # as wanted
        self.refresh.turn()
        return made.secret, made.key.key_id


def test_a_callers_key_may_call_and_no_more() -> None:
    scene = KeyScene()
    secret, key_id = scene.make(workload="stock-research", requests_per_minute=60, tokens_per_minute=9000)

    grant = scene.ring.check(secret, scene.clock.now())

    assert (grant.key_id, grant.name, grant.workload) == (key_id, "ci", "stock-research")
    assert grant.rate == RateLimit(requests=60, tokens=9000)
    for right in (Right.READ, Right.OPERATE):
        with pytest.raises(KeyForbiddenError, match=f"key {key_id} \\(ci\\) is a caller's key and may not"):
            scene.ring.check(secret, scene.clock.now(), frozenset({right}))


def test_a_readers_key_may_not_call() -> None:
    scene = KeyScene()
    secret, _ = scene.make(role=KeyRole.READER)
    scene.ring.check(secret, scene.clock.now(), frozenset({Right.READ}))
    with pytest.raises(KeyForbiddenError, match="may not make calls") as told:
        scene.ring.check(secret, scene.clock.now())
    assert told.value.action == "send a key whose role is operator or caller"


@pytest.mark.parametrize("right", Right)
def test_a_key_of_the_settings_is_an_operators(right: Right) -> None:
    grant = KeyRing([OPERATORS]).check(OPERATORS, FIRST_INSTANT, frozenset({right}))
    assert (grant.key_id, grant.role) == ("settings-1", KeyRole.OPERATOR)


@given(role=st.sampled_from(KeyRole), rights=st.frozensets(st.sampled_from(Right), min_size=1))
def test_a_key_is_let_in_where_it_has_one_of_the_rights_and_nowhere_else(
    role: KeyRole, rights: frozenset[Right]
) -> None:
    scene = KeyScene()
    secret, _ = scene.make(role=role)
    try:
        scene.ring.check(secret, scene.clock.now(), rights)
        let_in = True
    except KeyForbiddenError:
        let_in = False
    assert let_in == bool(RIGHTS[role] & rights)


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        (None, "a key is needed here, and none came"),
        ("", "a key is needed here, and none came"),
        ("sk-of-a-provider", "a key of ours is needed here, and another one came"),
        ("wk-unknown", "this key is not known here"),
        ("wk-" + "a" * LONGEST_KEY, "this key is not known here"),
        ("wk-k\xe9y", "this key is not known here"),
    ],
)
def test_what_is_no_good_key_is_refused_and_never_repeated(secret: str | None, why: str) -> None:
    scene = KeyScene()
    scene.refresh.turn()
    with pytest.raises(KeyRefusedError) as told:
        scene.ring.check(secret, scene.clock.now())
    assert told.value.message == why
    assert not secret or secret not in told.value.action


def test_a_key_is_good_up_to_its_expiry() -> None:
    scene = KeyScene()
    secret, key_id = scene.make(expires_at=FIRST_INSTANT + DAY)
    scene.clock.advance(DAY.total_seconds() - 1)
    scene.ring.check(secret, scene.clock.now())
    scene.clock.advance(1)
    with pytest.raises(KeyRefusedError, match=f"key {key_id} expired at 2026-01-06T08:00:00Z"):
        scene.ring.check(secret, scene.clock.now())
    assert scene.ring.grant_of_id(key_id, scene.clock.now()) is None


def test_a_revoked_key_is_refused_from_the_next_turn_on() -> None:
    scene = KeyScene()
    secret, key_id = scene.make()
    assert scene.ring.grant_of_id(key_id, scene.clock.now()) is not None

    scene.desk.revoke(key_id, by="Lo", reason="left")
    scene.ring.check(secret, scene.clock.now())
    assert scene.refresh.turn()

    with pytest.raises(KeyRefusedError, match=f"key {key_id} was revoked at 2026-01-05T08:00:00Z"):
        scene.ring.check(secret, scene.clock.now())
    assert scene.ring.grant_of_id(key_id, scene.clock.now()) is None


def test_a_turn_without_a_change_reads_nothing_new() -> None:
    scene = KeyScene()
    scene.make()
    assert not scene.refresh.turn()


def test_until_the_keys_are_known_an_unknown_one_is_asked_to_come_again() -> None:
    ring = KeyRing([OPERATORS])
    ring.check(OPERATORS, FIRST_INSTANT)
    with pytest.raises(UnavailableError, match="have not been read yet"):
        ring.check("wk-perhaps-good", FIRST_INSTANT)


def test_other_keys_in_the_settings_take_the_place_of_the_old_ones_and_leave_the_made_ones() -> None:
    scene = KeyScene()
    secret, _ = scene.make()

    scene.ring.use(["wk-another-of-the-settings"])

    scene.ring.check(secret, scene.clock.now())
    scene.ring.check("wk-another-of-the-settings", scene.clock.now())
    with pytest.raises(KeyRefusedError):
        scene.ring.check(OPERATORS, scene.clock.now())


def test_a_gateway_that_starts_while_the_database_is_away_has_the_keys_of_its_copy(tmp_path: Path) -> None:
    copy = KeyCopy(tmp_path / "gateway" / "keys.json")
    before = KeyScene(copy)
    good, _ = before.make(expires_at=FIRST_INSTANT + DAY, workload="explainer")
    revoked, key_id = before.make()
    before.desk.revoke(key_id, by="Lo")
    before.refresh.turn()
    before.store.away = True

    after = KeyScene(copy, before.store)

    assert after.ring.check(good, after.clock.now()).workload == "explainer"
    with pytest.raises(KeyRefusedError, match="was revoked"):
        after.ring.check(revoked, after.clock.now())
    with pytest.raises(UnavailableError):
        after.refresh.turn()
    assert after.refresh.problem is not None
    before.store.away = False
    assert after.refresh.turn()
    assert after.refresh.problem is None


def test_the_copy_holds_no_key_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    scene = KeyScene(KeyCopy(path))
    secret, _ = scene.make()
    assert secret not in path.read_text()
    assert hash_of(secret) in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 2, "revision": 1, "keys": []}',
        '{"format": 1, "revision": 1, "keys": [{"key_id": "key-1"}]}',
        '{"format": 1, "revision": 1, "keys": 5}',
    ],
)
def test_a_damaged_copy_lets_nobody_in(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    assert KeyCopy(path).read() is None


def test_a_copy_that_cannot_be_written_is_told_and_the_ring_is_right_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    scene = KeyScene(KeyCopy(tmp_path / "file" / "keys.json"))
    secret, _ = scene.make()
    scene.ring.check(secret, scene.clock.now())
    assert "could not be written" in str(scene.refresh.problem)


names = st.text(min_size=1, max_size=20)
keys = st.builds(
    ApiKey,
    key_id=names,
    name=names,
    sha256=st.binary(max_size=8).map(lambda some: hash_of(some.hex())),
    hint=names,
    role=st.sampled_from(KeyRole),
    workload=st.none() | names,
    requests_per_minute=st.none() | st.integers(1, 10**6),
    tokens_per_minute=st.none() | st.integers(1, 10**9),
    expires_at=st.none() | st.just(FIRST_INSTANT),
    created_at=st.just(FIRST_INSTANT),
    created_by=names,
)


@given(kept=st.lists(keys, max_size=4), revision=st.integers(0, 10**9))
def test_a_copy_is_read_as_it_was_written(
    kept: list[ApiKey], revision: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = KeyCopy(tmp_path_factory.mktemp("copy") / "keys.json")
    revoked = [replace(key, revoked_at=FIRST_INSTANT, revoked_by="Lo") for key in kept]
    copy.write(KeySet(revision, (*kept, *revoked)))
    assert copy.read() == KeySet(revision, (*kept, *revoked))


def test_a_key_is_drawn_by_chance_and_shown_by_its_end() -> None:
    store, clock = InMemoryKeys(), MovedClock()
    desk = KeyDesk(store, clock=clock, ids=CountedIds(), draw=drawn)

    made = desk.create(KeyWanted(name="ci"), by="Kim")

    assert made.secret == "wk-" + bytes(range(24)).hex()
    assert (made.key.sha256, made.key.hint) == (hash_of(made.secret), made.secret[-4:])
    assert (made.key.created_by, made.key.created_at) == ("Kim", clock.now())


def test_a_key_that_could_never_be_used_is_not_made() -> None:
    scene = KeyScene()
    with pytest.raises(InvalidInputError, match="is good for nothing"):
        scene.make(expires_at=FIRST_INSTANT)
    with pytest.raises(InvalidInputError, match="a reader's key makes no calls"):
        scene.make(role=KeyRole.READER, workload="explainer")
    assert scene.desk.listing() == ()
    assert scene.desk.audit() == ()
