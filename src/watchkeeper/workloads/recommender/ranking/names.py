"""Names of people, places and houses, found in text by how they are written."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_CAPITALS = re.compile(r"[A-ZÀ-Þ][\w'-]+(?:[ ]+[A-ZÀ-Þ][\w'-]+)*")
_SENTENCE_ENDS = frozenset('.!?:;“”"')


def names_in(text: str, *, known: Iterable[str] = ()) -> list[str]:
    """Names in the order they come, repeats included.

    One capitalised word that begins a sentence counts only if `known` has it: it may be any word.

    >>> names_in("Most came from Mosvik. Alda Ringholt wrote of Langby Hall, and of snow.")
    ['Mosvik', 'Alda Ringholt', 'Langby Hall']
    """
    certain = frozenset(known)
    found = []
    for match in _CAPITALS.finditer(text):
        name = match.group()
        begins = not (before := text[: match.start()].rstrip()) or before[-1] in _SENTENCE_ENDS
        if not begins or name in certain:
            found.append(name)
            continue
        first, _, rest = name.partition(" ")
        if rest and first.casefold() not in _OPENERS:
            found.append(name)
        elif rest:
            found.append(rest)
    return found


_OPENERS = frozenset(
    (
        *("the", "a", "an", "in", "on", "at", "it", "its", "no", "old", "people", "after", "before", "from"),
        *("more", "most", "notes", "letters", "what", "this", "these", "that", "those", "compare", "nothing"),
        *("school", "visitors", "much"),
    )
)
"""Words that begin sentences and are part of no name."""


def names_of_corpus(texts: Sequence[str]) -> list[Counter[str]]:
    """The names in each text; a name seen anywhere inside a sentence is known also where it begins one."""
    inside = {name for text in texts for name in names_in(text)}
    return [Counter(names_in(text, known=inside)) for text in texts]
