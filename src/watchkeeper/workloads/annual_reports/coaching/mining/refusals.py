"""Refusals: words of the row or phrase a wrong value was taken from."""

from collections.abc import Iterator
from itertools import pairwise

from watchkeeper.workloads.annual_reports.coaching.evidence import lines_of, places_of
from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError, Proposal

FEWEST_LETTERS = 4


def mine_refusals(error: FieldError) -> Iterator[Proposal]:
    """The field with one more word to avoid, and without a label that misled."""
    told = error.told
    right = {
        word
        for place in places_of(error.truth.value, error.report.document)
        for word in f"{place.before} {place.after}".casefold().split()
    }
    seen = set(told.avoid)
    for reading in error.readings.values():
        for word in _words_beside(error, reading.page, reading.printed):
            if word not in right and word not in seen and word not in told.labels:
                seen.add(word)
                yield Proposal(
                    told.model_copy(update={"avoid": (*told.avoid, word)}), f"avoid {word!r}", (word,)
                )
    for label in told.labels if len(told.labels) > 1 else ():
        kept = tuple(one for one in told.labels if one != label)
        yield Proposal(told.model_copy(update={"labels": kept}), f"without label {label!r}")
        yield Proposal(told.model_copy(update={"labels": (*kept, label)}), f"label {label!r} last")


def _words_beside(error: FieldError, page: int, printed: str) -> Iterator[str]:
    """Words and pairs of words of the lines on a page that hold what was printed."""
    key = printed.casefold()
    for number, lines in lines_of(error.report.document):
        if number != page:
            continue
        for line in lines:
            folded = line.casefold()
            if key and key in folded:
                words = [word.strip(".,:;()") for word in folded.replace(key, " ").split()]
                words = [word for word in words if sum(map(str.isalpha, word)) >= FEWEST_LETTERS]
                yield from words
                yield from (f"{one} {two}" for one, two in pairwise(words))
