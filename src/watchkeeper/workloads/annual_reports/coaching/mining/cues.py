"""Cues: words near the right value that make it likelier than another."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.coaching.evidence import places_of
from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError, Proposal

FEWEST_LETTERS = 4


def mine_cues(error: FieldError) -> Iterator[Proposal]:
    """The field with one more cue from the right value's line."""
    told, seen = error.told, set(error.told.cues)
    if told.kind == "amount":
        return
    for place in places_of(error.truth.value, error.report.document):
        for word in f"{place.before} {place.after}".casefold().split():
            word = word.strip(".,:;()")
            if word not in seen and sum(map(str.isalpha, word)) >= FEWEST_LETTERS:
                seen.add(word)
                yield Proposal(told.model_copy(update={"cues": (*told.cues, word)}), f"cue {word!r}", (word,))
