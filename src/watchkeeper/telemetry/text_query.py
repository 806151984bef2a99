"""A question in words: which words and phrases must all occur in a piece of content.

A word is a run of letters and digits of any script; case and the way accents are encoded do not count.
A phrase is words one after the other, whatever stands between them that is no word: `"the cat"` finds
"the, cat". What is typed without a space or quotes is a phrase too: `foo_bar` asks for foo, then bar.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.searched_text import BETWEEN

_WORD = re.compile(r"[^\W_]+")
_TYPED = re.compile(r'"([^"]*)(?:"|\Z)|([^\s"]+)')
SNIPPET_CHARS = 200
"""Lists hold no more of a piece than this (law 10)."""
_BEFORE_CHARS = 60
"""How much of a snippet stands before what was found."""


def folded(text: str) -> str:
    r"""The text with accents encoded one way and case taken out.

    >>> folded("A\u030aRET") == folded("året"), folded("Straße")
    (True, 'strasse')
    """
    # Nothing is quicker than not asking: text of ASCII alone is composed.
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()


def words_of(folded_text: str) -> list[str]:
    """The words of a folded text, in order.

    >>> words_of("årets resultat: 41,5 mkr (foo_bar)")
    ['årets', 'resultat', '41', '5', 'mkr', 'foo', 'bar']
    """
    return _WORD.findall(folded_text)


@dataclass(frozen=True)
class TextQuery:
    """Phrases that must all occur; a single word is a phrase of one."""

    phrases: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> frozenset[str]:
        """Every word that must occur, folded."""
        return frozenset(word for phrase in self.phrases for word in phrase)

    @cached_property
    def _finders(self) -> tuple[Callable[[str], re.Match[str] | None], ...]:
        return tuple(
            re.compile(
                r"(?<![^\W_])" + rf"(?:[^\w{BETWEEN}]|_)+".join(map(re.escape, phrase)) + r"(?![^\W_])"
            ).search
            for phrase in self.phrases
        )

    def matches(self, text: str) -> bool:
        """Whether all phrases occur in the text.

        >>> parsed_query('åre "Ett  resultat"').matches("ÅRE: ett resultat")
        True
        """
        plain = folded(text)
        return all(find(plain) for find in self._finders)

    def snippet(self, text: str) -> str:
        """The text around the first of the phrases, on one line, at most 200 characters."""
        composed = unicodedata.normalize("NFC", text)
        found = self._finders[0](folded(text))
        at = 0 if found is None else _unfolded(composed, found.start())
        begins = max(0, at - _BEFORE_CHARS)
        around = composed[begins : begins + SNIPPET_CHARS * 2].replace(BETWEEN, " ")
        one_line = " ".join(around.split())
        before, after = "…" if begins else "", "…" if len(composed) > begins + SNIPPET_CHARS else ""
        return before + one_line[: SNIPPET_CHARS - 2] + after


def parsed_query(typed: str) -> TextQuery:
    """What was typed, as phrases; a quote that is not closed reaches to the end.

    Raises:
        InvalidInputError: There is no word in it.

    >>> parsed_query('Refund "not Received" e-mail').phrases
    (('refund',), ('not', 'received'), ('e', 'mail'))
    """
    found = (words_of(folded(quoted or bare)) for quoted, bare in _TYPED.findall(typed))
    # Each once, in the order they were typed.
    phrases = tuple(dict.fromkeys(tuple(words) for words in found if words))
    if not phrases:
        raise InvalidInputError(
            f"there is no word to search for in {typed[:100]!r}",
            action='type words, or a "phrase in quotes"; signs alone cannot be searched for',
        )
    return TextQuery(phrases)


def _unfolded(composed: str, at: int) -> int:
    """Where a place of the folded text is in the composed one; folding can make a letter two."""
    if composed.isascii():
        return at
    length = 0
    for place, letter in enumerate(composed):
        length += len(letter.casefold())
        if length > at:
            return place
    return len(composed)
