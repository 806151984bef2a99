"""New labels: the words printed before, after or above the right value."""

import re
from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.coaching.evidence import Place, places_of
from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError, Proposal
from watchkeeper.workloads.annual_reports.coaching.synonyms import told_apart_from

LONGEST = 6
"""A label has at most so many words; more is a sentence."""
FEWEST_LETTERS = 3
STRUCTURAL = (
    "and_words",
    "before_firms",
    "inside_names",
    "note_words",
    "of_which_words",
    "piece_words",
    "square_metres",
    "sum_words",
    "units",
)
"""Word lists of which nothing but words makes no label: they stand anywhere."""


def mine_labels(error: FieldError) -> Iterator[Proposal]:
    """The field with one more label, strongest or weakest of the list, perhaps on the other side."""
    told, seen = error.told, {label.casefold() for label in error.told.labels}
    apart = set(told_apart_from(told.labels))
    structural = {word for name in STRUCTURAL for word in error.words(name)}
    for place in _places(error):
        for label, side in _phrases(place):
            words = label.split()
            if label in seen or not apart.isdisjoint(words) or structural.issuperset(words):
                continue
            seen.add(label)
            sided = {} if side == told.side or told.kind == "amount" else {"side": "either"}
            yield Proposal(
                told.model_copy(update={"labels": (*told.labels, label), **sided}),
                f"label {label!r}",
                (label,),
            )
            yield Proposal(
                told.model_copy(update={"labels": (label, *told.labels), **sided}),
                f"first label {label!r}",
                (label,),
            )


def _places(error: FieldError) -> Iterator[Place]:
    for value in (error.truth.value, *error.truth.accept):
        yield from places_of(value, error.report.document)


def _phrases(place: Place) -> Iterator[tuple[str, str]]:
    for text, side in ((place.before, "after"), (place.after, "before")):
        words = text.split()
        near = words[-LONGEST:] if side == "after" else words[:LONGEST]
        for count in range(min(len(near), LONGEST), 0, -1):
            yield from _usable(" ".join(near[-count:] if side == "after" else near[:count]), side)
        if side == "after" and len(words) <= LONGEST + 3:
            for count in range(1, min(len(words), LONGEST)):
                yield from _usable(" ".join(words[:count]), side)
    if not place.before:
        for text in place.above[:2]:
            if len(text.split()) <= LONGEST:
                yield from _usable(text, "after")
    for text in place.below[:2]:
        if len(text.split()) <= 4:
            yield from _usable(text, "before")


def _usable(text: str, side: str) -> Iterator[tuple[str, str]]:
    label = text.casefold().strip(" :;,.()*-–")
    if sum(letter.isalpha() for letter in label) >= FEWEST_LETTERS and not re.search(r"\d", label):
        yield label, side
