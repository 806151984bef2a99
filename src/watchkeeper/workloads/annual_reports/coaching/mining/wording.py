"""Other words for a label that is there: by the thesaurus, tried where the printed words led nowhere."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError, Proposal
from watchkeeper.workloads.annual_reports.coaching.synonyms import synonyms_of


def mine_wording(error: FieldError) -> Iterator[Proposal]:
    """The field with one synonym of one of its labels, or headings, more."""
    told = error.told
    seen = set(told.labels)
    for label in told.labels:
        for other in synonyms_of(label):
            if other not in seen:
                seen.add(other)
                yield Proposal(told.model_copy(update={"labels": (*told.labels, other)}), f"label {other!r}")
