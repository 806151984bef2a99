"""Whether a stretch of words holds a phrase of the instructions."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from watchkeeper.workloads.annual_reports.readers.flow.wording import INFLECTION, Word, words_of_line


@lru_cache(maxsize=2048)
def keys_of(phrase: str) -> tuple[str, ...]:
    """A phrase's folded words."""
    return tuple(word.key for word in words_of_line(phrase, 0) if word.key)


def holds(words: Sequence[Word], phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands among the words, its last word perhaps with an ending."""
    keys = [word.key for word in words]
    return any(_stands(keys, keys_of(phrase)) for phrase in phrases)


def _stands(keys: list[str], wanted: tuple[str, ...]) -> bool:
    if not wanted:
        return False
    *first, last = wanted
    for start in range(len(keys) - len(wanted) + 1):
        end = keys[start + len(first)]
        fits = end == last or (len(last) >= 4 and end.startswith(last) and len(end) - len(last) <= INFLECTION)
        if fits and keys[start : start + len(first)] == first:
            return True
    return False
