"""What readers agree on is worked out once a document."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from watchkeeper.app.agreement_memo import AgreementMemo, DocumentAgreement, Item
from watchkeeper.domain.run import ReaderValues, Reading

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Readings:
    """What two readers made of documents, and which of it was fetched."""

    def __init__(self, documents: int) -> None:
        self.cash = dict.fromkeys((f"{n}.pdf" for n in range(documents)), 100)
        self.at = dict.fromkeys(self.cash, NOON)
        self.fetched: list[str] = []

    def read_again(self, document: str, cash: int) -> None:
        self.cash[document] = cash
        self.at[document] += timedelta(seconds=1)

    def readings(self) -> list[Reading]:
        return [
            Reading(run_id="RUN_1", document=document, model=model, created_at=self.at[document])
            for document in self.cash
            for model in ("flow", "layout")
        ]

    def values(self, items: Collection[Item]) -> list[ReaderValues]:
        self.fetched += [document for _, document in items]
        return [
            ReaderValues(
                run_id=run_id,
                document=document,
                model=model,
                created_at=self.at[document],
                values={"cash": cash, "name": "Brf Ek"},
            )
            for run_id, document in items
            for model, cash in (("flow", 100), ("layout", self.cash[document]))
        ]

    def asked(self, memo: AgreementMemo) -> list[DocumentAgreement]:
        self.fetched.clear()
        return list(memo.of(self.readings(), self.values, ignored=()).values())


def test_a_document_is_compared_once_and_again_when_it_was_read_again() -> None:
    memo, readings = AgreementMemo(), Readings(3)
    alike = DocumentAgreement(readers=2, agreed=("cash", "name"), other=())
    assert readings.asked(memo) == [alike] * 3
    assert readings.fetched == ["0.pdf", "1.pdf", "2.pdf"]
    assert readings.asked(memo) == [alike] * 3
    assert readings.fetched == []
    readings.read_again("1.pdf", cash=7)
    differs = DocumentAgreement(readers=2, agreed=("name",), other=("cash",))
    assert readings.asked(memo) == [alike, differs, alike]
    assert readings.fetched == ["1.pdf"]


def test_only_so_many_documents_are_kept_and_the_others_are_compared_again() -> None:
    memo, readings = AgreementMemo(most=2), Readings(3)
    assert len(readings.asked(memo)) == 3
    assert len(readings.asked(memo)) == 3
    assert readings.fetched == ["0.pdf"]


def test_a_document_that_is_gone_in_between_is_left_out() -> None:
    readings = Readings(1)
    assert AgreementMemo().of(readings.readings(), lambda _: (), ignored=()) == {}
