"""One contract for silences, windows and overrides in memory and in PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.mutes import PostgresMutes, PostgresOverrides
from watchkeeper.monitoring.alerts.matcher import Matcher
from watchkeeper.monitoring.alerts.mute import Mute
from watchkeeper.monitoring.oncall.rotation import Override
from watchkeeper.monitoring.ports import MuteStore, OverrideStore
from watchkeeper.testing.alerts import InMemoryMutes, InMemoryOverrides

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def stores(request: pytest.FixtureRequest) -> tuple[MuteStore, OverrideStore]:
    if request.param == "in memory":
        return InMemoryMutes(), InMemoryOverrides()
    database: Database = request.getfixturevalue("database")
    return PostgresMutes(database), PostgresOverrides(database)


@pytest.fixture
def mute(fresh: Callable[[str], str]) -> Mute:
    return Mute(
        mute_id=fresh("mute"),
        kind="silence",
        matcher=Matcher({"workload": "shop", "rule": "slow-*"}),
        begins_at=NOON,
        until=NOON + HOUR,
        reason="we know",
        by="Ida",
        created_at=NOON,
    )


def test_a_mute_holds_until_it_is_over_or_ended(stores: tuple[MuteStore, OverrideStore], mute: Mute) -> None:
    mutes, _ = stores
    mutes.keep(mute)
    assert mutes.get(mute.mute_id) == mute
    assert mute in mutes.not_over(NOON)
    assert mute not in mutes.not_over(NOON + HOUR)
    ended = mute.ended(NOON + HOUR / 2, "Jonas")
    mutes.keep(ended)
    assert mutes.get(mute.mute_id) == ended
    assert mute.mute_id not in {one.mute_id for one in mutes.not_over(NOON)}
    assert ended in mutes.newest("silence", 1000)
    assert mutes.newest("maintenance", 1000) == ()


def test_an_override_is_kept_until_it_is_over(
    stores: tuple[MuteStore, OverrideStore], fresh: Callable[[str], str]
) -> None:
    _, overrides = stores
    override = Override(
        override_id=fresh("override"),
        role="primary",
        person="kim",
        begins_at=NOON,
        until=NOON + HOUR,
        by="Ida",
        reason="ill",
        created_at=NOON,
    )
    overrides.keep(override)
    assert override in overrides.not_over(NOON)
    assert override not in overrides.not_over(NOON + HOUR)
