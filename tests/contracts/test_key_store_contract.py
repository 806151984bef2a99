"""One contract for the keys in memory and in PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.keys import PostgresKeys
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.gateway.keys.api_key import ApiKey, KeyRole, hash_of
from watchkeeper.gateway.keys.ports import KeyStore
from watchkeeper.testing.keys_and_orders import InMemoryKeys

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Fresh = Callable[[str], str]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def keys(request: pytest.FixtureRequest) -> KeyStore:
    if request.param == "in memory":
        return InMemoryKeys()
    database: Database = request.getfixturevalue("database")
    return PostgresKeys(database)


def key(fresh: Fresh, **fields: object) -> ApiKey:
    key_id = fresh("key")
    usual = {"name": "ci", "role": KeyRole.CALLER, "created_at": NOON, "created_by": "Kim"}
    return ApiKey(**{"key_id": key_id, "sha256": hash_of(key_id), "hint": "abcd", **usual, **fields})  # type: ignore[arg-type] # as given


def test_a_key_is_found_as_it_was_kept(keys: KeyStore, fresh: Fresh) -> None:
    whole = key(
        fresh,
        role=KeyRole.OPERATOR,
        workload="stock-research",
        requests_per_minute=60,
        tokens_per_minute=9000,
        expires_at=NOON + MINUTE,
    )
    keys.add(whole)

    assert whole in keys.all().keys


def test_keys_stand_by_creation(keys: KeyStore, fresh: Fresh) -> None:
    later, earlier = key(fresh, created_at=NOON + 2 * MINUTE), key(fresh, created_at=NOON + MINUTE)
    keys.add(later)
    keys.add(earlier)

    found = [one for one in keys.all().keys if one in (later, earlier)]

    assert found == [earlier, later]


def test_whoever_knows_the_newest_revision_is_told_nothing_until_there_is_a_change(
    keys: KeyStore, fresh: Fresh
) -> None:
    made = key(fresh)
    keys.add(made)
    revision = keys.all().revision
    assert keys.changed(revision) is None

    keys.revoke(made.key_id, by="Lo", reason=None, at=NOON + MINUTE)

    changed = keys.changed(revision)
    assert changed is not None
    assert changed == keys.all()
    assert keys.changed(changed.revision) is None


def test_whoever_knows_nothing_is_told_all(keys: KeyStore) -> None:
    assert keys.changed(-1) == keys.all()


def test_a_revoked_key_stays_with_who_revoked_it_when_and_why(keys: KeyStore, fresh: Fresh) -> None:
    made = key(fresh)
    keys.add(made)

    revoked = keys.revoke(made.key_id, by="Lo", reason="left the team", at=NOON + MINUTE)

    assert (revoked.revoked_by, revoked.revoke_reason, revoked.revoked_at) == (
        "Lo",
        "left the team",
        NOON + MINUTE,
    )
    assert revoked in keys.all().keys


def test_revoking_twice_keeps_the_first_word(keys: KeyStore, fresh: Fresh) -> None:
    made = key(fresh)
    keys.add(made)
    first = keys.revoke(made.key_id, by="Lo", reason=None, at=NOON + MINUTE)
    revision = keys.all().revision

    again = keys.revoke(made.key_id, by="Kim", reason="again", at=NOON + 2 * MINUTE)

    assert again == first
    assert keys.all().revision == revision


def test_the_audit_says_who_made_and_revoked_a_key(keys: KeyStore, fresh: Fresh) -> None:
    made = key(fresh)
    keys.add(made)
    keys.revoke(made.key_id, by="Lo", reason="lost", at=NOON + MINUTE)

    acts = [(act.act, act.by, act.reason, act.at) for act in keys.acts() if act.key_id == made.key_id]

    assert acts == [("created", "Kim", None, NOON), ("revoked", "Lo", "lost", NOON + MINUTE)]


def test_an_id_or_a_hash_is_taken_once(keys: KeyStore, fresh: Fresh) -> None:
    made = key(fresh)
    keys.add(made)
    revision = keys.all().revision

    with pytest.raises(ConflictError, match=r"is there already"):
        keys.add(key(fresh, key_id=made.key_id))
    with pytest.raises(ConflictError, match=r"is there already"):
        keys.add(key(fresh, sha256=made.sha256))
    assert keys.all().revision == revision


def test_a_key_nobody_made_cannot_be_revoked(keys: KeyStore) -> None:
    with pytest.raises(NotFoundError, match=r"there is no key 'key-none'"):
        keys.revoke("key-none", by="Lo", reason=None, at=NOON)


@pytest.mark.parametrize("act", ["delete from", "truncate", "update"])
def test_the_audit_in_postgresql_cannot_be_changed_or_removed(
    act: str, database: Database, fresh: Fresh
) -> None:
    PostgresKeys(database).add(key(fresh))
    change = "update api_key_acts set by = 'nobody'" if act == "update" else f"{act} api_key_acts"
    with (
        pytest.raises(psycopg.errors.RaiseException, match="never changed or removed"),
        database.transaction() as connection,
    ):
        connection.execute(change.encode())


def test_the_key_itself_is_nowhere_in_postgresql(database: Database, fresh: Fresh) -> None:
    secret = "wk-" + "5e" * 24
    PostgresKeys(database).add(key(fresh, sha256=hash_of(secret), hint=secret[-4:]))
    with database.transaction() as connection:
        rows = connection.execute("select k::text from api_keys k").fetchall()
        acts = connection.execute("select a::text from api_key_acts a").fetchall()

    assert not [row for (row,) in (*rows, *acts) if "5e5e5e5e" in row]
