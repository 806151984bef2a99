"""Words that mean the same, and words that tell things apart, from the thesaurus."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from watchkeeper.workloads.annual_reports.yaml_text import parsed


@cache
def _thesaurus() -> Any:
    return parsed(files(__package__).joinpath("thesaurus.yaml").read_text(encoding="utf-8"))


def synonyms_of(label: str) -> Iterator[str]:
    """The label with one word or phrase swapped for another of its group.

    >>> "totala intäkter" in set(synonyms_of("summa intäkter"))
    True
    """
    for group in _thesaurus()["same"]:
        for phrase in group:
            if _holds(label, phrase):
                pattern = rf"(?<!\w){re.escape(phrase)}(?!\w)"
                for other in group:
                    if other != phrase:
                        yield re.sub(pattern, other, label, count=1)


def told_apart_from(labels: Iterable[str]) -> Iterator[str]:
    """Words that, beside one of the labels, tell that something else is meant.

    >>> "hyresrätter" in set(told_apart_from(["antal bostadsrätter"]))
    True
    """
    labels = tuple(labels)
    for group in _thesaurus()["apart"]:
        if any(_holds(label, word) for label in labels for word in group["these"]):
            yield from group["others"]


def _holds(text: str, phrase: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None
