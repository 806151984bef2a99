"""One contract for releases in memory and in PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.releases import PostgresReleases
from watchkeeper.domain.errors import ConflictError
from watchkeeper.releases.course import Move
from watchkeeper.releases.ports import ReleaseStore
from watchkeeper.releases.proof import Proof
from watchkeeper.releases.release import Pins, Release, State
from watchkeeper.testing.releases import InMemoryReleases

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Add = Callable[..., Release]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def releases(request: pytest.FixtureRequest) -> ReleaseStore:
    if request.param == "in memory":
        return InMemoryReleases()
    database: Database = request.getfixturevalue("database")
    return PostgresReleases(database)


def step(release: Release, before: State | None, after: State, share: int = 0) -> Move:
    return Move(
        release_id=release.release_id,
        workload=release.workload,
        before=before,
        after=after,
        share=share,
        by="Ida",
        reason="because",
        at=NOON,
    )


@pytest.fixture
def add(releases: ReleaseStore, fresh: Callable[[str], str], workload: str) -> Add:
    def added(hours: int = 0) -> Release:
        release = Release(
            release_id=fresh("release"),
            workload=workload,
            pins=Pins(targets={"extract": "small"}, adapter="ab" * 32),
            parent=None,
            state="candidate",
            share=0,
            made_by="Ida",
            made_at=NOON + timedelta(hours=hours),
            note="first",
        )
        return releases.add(release, step(release, None, "candidate"))

    return added


def test_a_release_comes_back_with_all_it_pins(releases: ReleaseStore, add: Add) -> None:
    release = add()
    assert releases.get(release.release_id) == release
    assert release.pins.targets == {"extract": "small"}
    assert releases.get("none") is None


def test_a_release_is_kept_once(releases: ReleaseStore, add: Add) -> None:
    release = add()
    releases.apply([step(release, "candidate", "live", 10_000)])
    again = releases.add(release, step(release, None, "candidate"))
    assert again.state == "live"
    assert [one.after for one in releases.moves(release_id=release.release_id)] == ["candidate", "live"]


def test_moves_are_made_all_or_none(releases: ReleaseStore, add: Add) -> None:
    old, new = add(), add(1)
    releases.apply([step(old, "candidate", "live", 10_000)])
    with pytest.raises(ConflictError, match="no longer canary"):
        releases.apply([step(old, "live", "retired"), step(new, "canary", "live", 10_000)])
    assert [one.state for one in releases.of(old.workload)] == ["candidate", "live"]
    assert len(releases.moves(workload=old.workload)) == 3


def test_a_workload_has_one_live_release_and_one_canary(releases: ReleaseStore, add: Add) -> None:
    first, second, third, fourth = add(), add(1), add(2), add(3)
    releases.apply([step(first, "candidate", "live", 10_000)])
    with pytest.raises(ConflictError, match="two releases that are live"):
        releases.apply([step(second, "candidate", "live", 10_000)])
    releases.apply([step(third, "candidate", "canary", 100)])
    with pytest.raises(ConflictError, match="two releases that are canary"):
        releases.apply([step(fourth, "candidate", "canary", 100)])
    releases.apply([step(first, "live", "retired"), step(third, "canary", "live", 10_000)])
    states = {one.release_id: (one.state, one.share) for one in releases.of(first.workload)}
    assert states[third.release_id] == ("live", 10_000)
    assert states[first.release_id] == ("retired", 0)


def test_what_was_proved_stays_the_last_first(releases: ReleaseStore, add: Add) -> None:
    release = add()
    proofs = [
        Proof(
            release_id=release.release_id,
            workload=release.workload,
            check="canaries",
            verdict=verdict,
            told="3 of 3",
            by="Ida",
            at=NOON,
        )
        for verdict in ("failed", "passed")
    ]
    for proof in proofs:
        releases.prove(proof)
    assert list(releases.proofs(release.release_id)) == proofs[::-1]
