"""One contract for the corpus in memory and in PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.documents import PostgresDocuments
from watchkeeper.batch.ports import DocumentStore
from watchkeeper.domain.corpus import DocumentStatus, NewDocument
from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.testing.state import InMemoryDocuments

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def documents(request: pytest.FixtureRequest) -> DocumentStore:
    if request.param == "in memory":
        return InMemoryDocuments()
    database: Database = request.getfixturevalue("database")
    return PostgresDocuments(database)


def document(workload: str, name: str, *, sha256: str | None = None) -> NewDocument:
    return NewDocument(
        workload=workload, name=name, sha256=sha256 or f"hash of {name}", path=f"/in/{name}", added_at=NOON
    )


@settings(max_examples=25, deadline=None)
@given(batches=st.lists(st.lists(st.integers(0, 8), max_size=6), max_size=5))
def test_numbers_run_from_1_without_gaps_and_the_same_bytes_keep_theirs(
    documents: DocumentStore, batches: list[list[int]], fresh: Callable[[str], str]
) -> None:
    workload = fresh("numbering")
    seen: dict[str, int] = {}
    for batch in batches:
        added = documents.add([document(workload, f"{n}.pdf") for n in batch])
        for n, one in zip(batch, added, strict=True):
            assert one.is_new == (f"{n}.pdf" not in seen)
            assert seen.setdefault(one.document.name, one.document.number) == one.document.number
            assert one.document.name == f"{n}.pdf"

    listed = documents.listing(workload)
    assert [d.number for d in listed] == list(range(1, len(seen) + 1))
    assert {d.name: d.number for d in listed} == seen
    assert documents.count(workload) == len(seen)


def test_numbers_stay_gapless_when_many_add_at_once(documents: DocumentStore, workload: str) -> None:
    def add(worker: int) -> None:
        for n in range(5):
            documents.add([document(workload, f"{worker}-{n}.pdf"), document(workload, f"all-{n}.pdf")])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(6)))

    assert [d.number for d in documents.listing(workload)] == list(range(1, 36))


def test_the_same_bytes_under_another_name_stay_the_document_they_were(
    documents: DocumentStore, workload: str
) -> None:
    documents.add([document(workload, "first.pdf", sha256="same")])

    (again,) = documents.add([document(workload, "second.pdf", sha256="same")])

    assert (again.is_new, again.document.name, again.document.number) == (False, "first.pdf", 1)


def test_each_workload_counts_its_own_documents(
    documents: DocumentStore, workload: str, fresh: Callable[[str], str]
) -> None:
    other = fresh("workload")
    documents.add([document(workload, "a.pdf"), document(other, "a.pdf"), document(workload, "b.pdf")])

    assert [d.number for d in documents.listing(workload)] == [1, 2]
    assert [d.number for d in documents.listing(other)] == [1]


def test_documents_are_found_by_number_name_and_hash(documents: DocumentStore, workload: str) -> None:
    documents.add([document(workload, "a.pdf"), document(workload, "b.pdf")])

    found = documents.by_number(workload, 2)
    assert found is not None
    assert found.name == "b.pdf"
    assert found == documents.by_name(workload, "b.pdf")
    assert found == documents.by_sha256(workload, "hash of b.pdf")
    assert documents.by_number(workload, 3) is None
    assert documents.by_name(workload, "c.pdf") is None
    assert documents.by_sha256(workload, "other") is None


def test_of_two_files_of_one_name_the_one_added_last_is_found(
    documents: DocumentStore, workload: str
) -> None:
    documents.add([document(workload, "a.pdf", sha256="old"), document(workload, "a.pdf", sha256="new")])

    found = documents.by_name(workload, "a.pdf")

    assert found is not None
    assert found.sha256 == "new"


def test_a_status_is_recorded_and_known_pages_stay(documents: DocumentStore, workload: str) -> None:
    documents.add([document(workload, "a.pdf")])

    documents.set_status(workload, "hash of a.pdf", status=DocumentStatus.OK, pages=12)
    changed = documents.set_status(workload, "hash of a.pdf", status=DocumentStatus.ERROR)

    assert (changed.status, changed.pages) == (DocumentStatus.ERROR, 12)
    assert documents.by_number(workload, 1) == changed
    assert changed.added_at == NOON
    assert isinstance(changed.status, DocumentStatus)


def test_the_status_of_a_document_nobody_added_is_not_found(documents: DocumentStore, workload: str) -> None:
    with pytest.raises(NotFoundError, match="no document"):
        documents.set_status(workload, "unknown", status=DocumentStatus.OK)


def test_documents_are_listed_by_status_and_page_by_page(documents: DocumentStore, workload: str) -> None:
    documents.add([document(workload, f"{n}.pdf") for n in range(1, 8)])
    for n in (2, 4, 6):
        documents.set_status(workload, f"hash of {n}.pdf", status=DocumentStatus.NEEDS_OCR)

    def numbers(**choice: object) -> list[int]:
        return [d.number for d in documents.listing(workload, **choice)]  # type: ignore[arg-type]

    assert numbers(status=DocumentStatus.NEEDS_OCR) == [2, 4, 6]
    assert numbers(status=DocumentStatus.NEEDS_OCR, after=2, limit=1) == [4]
    assert numbers(after=5) == [6, 7]
    assert numbers(limit=2) == [1, 2]
    assert documents.count(workload, status=DocumentStatus.NEEDS_OCR) == 3
    assert documents.count(workload, status=DocumentStatus.ERROR) == 0


def test_text_postgresql_cannot_store_is_refused(database: Database, fresh: Callable[[str], str]) -> None:
    corpus, workload = PostgresDocuments(database), fresh("workload")

    for name in ("nul\0.pdf", "latin-\udce5.pdf"):
        with pytest.raises(InvalidInputError, match="store"):
            corpus.add([document(workload, name)])

    assert corpus.count(workload) == 0, "and the connection still works"
