"""One contract for references of drift in memory and in PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.drift_references import PostgresReferences
from watchkeeper.monitoring.ports import ReferenceStore
from watchkeeper.testing.drift_references import InMemoryReferences

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TABLE = {"tokens": ["10", "", "30"], "reply": ["Tak", "å, ä\nö", "\u2028"]}


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def references(request: pytest.FixtureRequest) -> ReferenceStore:
    if request.param == "in memory":
        return InMemoryReferences()
    database: Database = request.getfixturevalue("database")
    return PostgresReferences(database)


def test_a_reference_comes_back_as_it_was_with_size_and_date(references: ReferenceStore) -> None:
    facts = references.add(name="whole", workload="shop", source="calls", table=TABLE, made_at=NOON)
    assert (facts.key, facts.rows, facts.columns) == ("whole@1", 3, ("tokens", "reply"))
    found = references.get("whole")
    assert found is not None
    assert (found.facts, dict(found.table)) == (facts, TABLE)
    assert facts in references.facts()


def test_a_name_used_again_is_a_further_version_and_the_older_one_stays(references: ReferenceStore) -> None:
    for number in range(3):
        references.add(
            name="again",
            workload=None,
            source=f"file {number}",
            table={"a": [str(number)]},
            made_at=NOON + timedelta(hours=number),
        )
    assert [one.version for one in references.facts() if one.name == "again"] == [3, 2, 1]
    newest, first = references.get("again"), references.get("again", 1)
    assert newest is not None
    assert first is not None
    assert (newest.table["a"], first.table["a"]) == (["2"], ["0"])


def test_what_is_not_kept_is_none(references: ReferenceStore) -> None:
    references.add(name="one", workload=None, source="x", table={"a": []}, made_at=NOON)
    assert references.get("nobody") is None
    assert references.get("one", 2) is None
    assert references.get("one", 0) is None
