"""What is tried without an error: rules and words that other makers' reports may need."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from watchkeeper.evaluation.truth import Truth
from watchkeeper.workloads.annual_reports.instructions import FieldInstructions

Turn = Callable[[FieldInstructions], FieldInstructions]

SPREAD = 10
"""A count or area ten times the largest one seen, or a tenth of the smallest, is another thing."""
YEARS = 150
"""A year further than this from those seen is none."""
FEWEST = 3
"""So many values must have been seen before anything is concluded from how they lie."""
WORD_LISTS = ("labels", "headings")


def first_rules(*, sections: tuple[str, ...], apart: Iterable[str]) -> Iterator[Turn]:
    """Rules a field may need whatever its words are.

    Args:
        sections: Where the roster sends its agent.
        apart: Words that tell that something else is meant.
    """
    yield _in_the_reports_unit
    for word in apart:
        yield partial(_avoiding, word=word)
    yield partial(_in_sections, sections=sections)


def last_rules(
    truths: Sequence[Truth],
    *,
    sum_words: tuple[str, ...],
    headings: tuple[str, ...],
    ends: tuple[str, ...],
) -> Iterator[Turn]:
    """Rules that follow from a field's words and values.

    Args:
        truths: What the reports at hand state for it.
        sum_words: Words a row that adds up others begins with, the usual one first.
        headings: Its labels, each of which may head a block of rows.
        ends: Labels of rows that end such a block.
    """
    numbers = [
        one.value for one in truths if isinstance(one.value, int | float) and not isinstance(one.value, bool)
    ]
    yield partial(_as_a_sum, sum_words=sum_words)
    for heading in headings:
        yield partial(_as_a_block, heading=heading, ends=ends)
    if len(numbers) >= FEWEST:
        yield partial(_within_what_was_seen, low=min(numbers), high=max(numbers))


def _in_the_reports_unit(told: FieldInstructions) -> FieldInstructions:
    return told.model_copy(update={"unit": "report"}) if told.kind == "amount" else told


def _as_a_sum(told: FieldInstructions, *, sum_words: tuple[str, ...]) -> FieldInstructions:
    """A row that adds up says so: such a label goes before the bare one, which may be a heading."""
    if told.kind != "amount" or not sum_words:
        return told
    bare = [label for label in told.labels if not label.startswith(sum_words)]
    sums = [f"{sum_words[0]} {label}" for label in bare]
    return told.model_copy(update={"labels": tuple(dict.fromkeys((*sums, *told.labels)))})


def _as_a_block(told: FieldInstructions, *, heading: str, ends: tuple[str, ...]) -> FieldInstructions:
    """A label may head a block of rows whose total stands without one."""
    if told.kind != "amount":
        return told
    headings = tuple(dict.fromkeys((*told.headings, heading)))
    until = tuple(dict.fromkeys((*told.until, *(end for end in ends if end not in told.labels))))
    return told.model_copy(update={"headings": headings, "until": until})


def _avoiding(told: FieldInstructions, *, word: str) -> FieldInstructions:
    return told if word in told.avoid else told.model_copy(update={"avoid": (*told.avoid, word)})


def _in_sections(told: FieldInstructions, *, sections: tuple[str, ...]) -> FieldInstructions:
    return told if told.sections else told.model_copy(update={"sections": sections})


def _within_what_was_seen(told: FieldInstructions, *, low: float, high: float) -> FieldInstructions:
    if told.kind == "amount" and low >= 0:
        return told.model_copy(update={"sign": "absolute"})
    if told.kind not in ("count", "area", "year"):
        return told
    first, last = (low - YEARS, high + YEARS) if told.kind == "year" else (low // SPREAD, high * SPREAD)
    return told.model_copy(update={"minimum": float(first), "maximum": float(last)})


def words_told(told: FieldInstructions) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The field's word lists that have synonyms, by name, those among its hints included."""
    lists: dict[str, Any] = {name: getattr(told, name) for name in WORD_LISTS}
    return tuple({**lists, **told.hints}.items())


def with_word(told: FieldInstructions, name: str, word: str, *, beside: str) -> FieldInstructions:
    """The field with a word more in one of its lists, right behind the one it means the same as."""
    words: tuple[str, ...] = getattr(told, name) if name in WORD_LISTS else told.hints[name]
    if word in words:
        return told
    at = words.index(beside) + 1 if beside in words else len(words)
    longer = (*words[:at], word, *words[at:])
    if name in WORD_LISTS:
        return told.model_copy(update={name: longer})
    return told.model_copy(update={"hints": {**told.hints, name: longer}})
