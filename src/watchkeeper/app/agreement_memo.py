"""What the readers of documents agree on, kept: an answer over many documents compares each of them once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern
from threading import Lock

from watchkeeper.domain.run import ReaderValues, Reading
from watchkeeper.evaluation.agreement import Agreement, compare_readers

MOST_KEPT = 20_000
"""Documents kept, at some 1 KB each; beyond them the ones kept longest are compared again when asked for."""

Item = tuple[str, str]
"""The id of a run and the name of a document in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAgreement:
    """On which fields of one document all its readers agree, and on which not; by field."""

    readers: int
    agreed: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(slots=True)
class AgreementMemo:
    """The agreement of documents by who read them and when, so that one read again is compared again."""

    most: int = MOST_KEPT
    _kept: dict[tuple[Reading, ...], DocumentAgreement] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(
        self,
        readings: Sequence[Reading],
        values_of: Callable[[Collection[Item]], Sequence[ReaderValues]],
        *,
        ignored: Collection[str],
    ) -> dict[tuple[Reading, ...], DocumentAgreement]:
        """The agreement of each document, by its readings and in their order.

        Args:
            readings: Every reading of every document asked about, those of one document together.
            values_of: Fetches the values of documents that were not compared yet.
            ignored: Words that do not tell names apart; the same at every call for a document.
        """
        by_item: dict[Item, list[Reading]] = defaultdict(list)
        for one in readings:
            by_item[one.run_id, one.document].append(one)
        wanted = {item: tuple(of_item) for item, of_item in by_item.items()}
        with self._lock:
            found = {key: self._kept[key] for key in wanted.values() if key in self._kept}
        new = {item: key for item, key in wanted.items() if key not in found}
        if new:
            compared = _compared(values_of(new.keys()), ignored)
            made = {key: compared[item] for item, key in new.items() if item in compared}
            found |= made
            self._keep(made)
        return {key: found[key] for key in wanted.values() if key in found}

    def _keep(self, made: Mapping[tuple[Reading, ...], DocumentAgreement]) -> None:
        with self._lock:
            self._kept |= made
            for key in list(self._kept)[: max(0, len(self._kept) - self.most)]:
                del self._kept[key]


def _compared(found: Sequence[ReaderValues], ignored: Collection[str]) -> dict[Item, DocumentAgreement]:
    answers: dict[Item, dict[str, Mapping[str, object]]] = defaultdict(dict)
    for one in found:
        answers[one.run_id, one.document][one.model] = one.values
    return {item: _agreement(values, ignored) for item, values in answers.items()}


def _agreement(values: Mapping[str, Mapping[str, object]], ignored: Collection[str]) -> DocumentAgreement:
    rows = compare_readers(values, ignored=ignored)
    return DocumentAgreement(
        readers=len(values),
        agreed=tuple(intern(row.field) for row in rows if row.verdict is Agreement.AGREE),
        other=tuple(intern(row.field) for row in rows if row.verdict is not Agreement.AGREE),
    )
