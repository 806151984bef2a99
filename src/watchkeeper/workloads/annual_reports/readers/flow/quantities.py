"""Plain numbers among words: `8 009 m²`, `23 st`, `64,88 %`."""

import re
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.flow.wording import Word

_WHOLE = re.compile(r"^\d{1,9}$")
_DECIMAL = re.compile(r"^[-−–]?\d{1,9}[,.]\d{1,4}%?$|^[-−–]?\d{1,9}%?$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number printed as one or more words."""

    start: int
    end: int
    value: float


def quantity_at(words: list[Word], start: int) -> Quantity | None:
    """The number that begins at a word, its groups of three joined; None when none does."""
    first = words[start].text
    if _WHOLE.match(first) and (len(first) < 2 or first[0] != "0"):
        end, digits = start + 1, first
        while (
            len(first) <= 3
            and end < len(words)
            and end - start < 4
            and not words[end - 1].after
            and not words[end].before
            and len(words[end].text) == 3
            and words[end].text.isdigit()
        ):
            digits += words[end].text
            end += 1
        if (
            end < len(words)
            and not words[end - 1].after
            and re.match(r"^\d{3}[,.]\d+$", words[end].text)
            and len(first) <= 3
        ):
            digits += words[end].text.replace(",", ".")
            end += 1
        return Quantity(start, end, float(digits))
    return decimal_at(words, start)


def decimal_at(words: list[Word], start: int) -> Quantity | None:
    """The decimal number or percentage that is one word."""
    text = words[start].text
    if not _DECIMAL.match(text):
        return None
    plain = text.rstrip("%").replace(",", ".").replace("−", "-").replace("–", "-")
    return Quantity(start, start + 1, float(plain))


def quantity_before(words: list[Word], end: int) -> Quantity | None:
    """The number whose last word stands right before a place."""
    start = end - 1
    if start < 0 or not words[start].text[:1].isdigit():
        return None
    while (
        start
        and words[start].text.isdigit()
        and len(words[start].text) == 3
        and not words[start - 1].after
        and words[start - 1].text.isdigit()
        and len(words[start - 1].text) <= 3
        and end - start < 3
    ):
        start -= 1
    found = quantity_at(words, start)
    return found if found is not None and found.end == end else None


def plain(value: float) -> int | float:
    """A whole number as an int."""
    return int(value) if value == int(value) else value
