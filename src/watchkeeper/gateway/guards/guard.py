"""What a guard is: one rule over the words of a request or of an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Side(StrEnum):
    """What a guard looks at."""

    INPUT = "input"
    """The texts of a request's messages, oldest first."""
    OUTPUT = "output"
    """The whole text of an answer; with `n` above 1 each choice's by itself."""


class Guard(Protocol):
    """One rule, built once from its options; its class is a dataclass whose fields are the options.

    Building raises `InvalidInputError` where the options make no rule. Checking is quick: it stands on
    the path of every call of its route.
    """

    def finding(self, texts: Sequence[str], /) -> str | None:
        """How the texts break the rule, as half a sentence that repeats nothing of them; None: kept."""
        ...


@dataclass(frozen=True, slots=True)
class GuardExample:
    """Options, and texts that keep or break the rule they make."""

    options: Mapping[str, object]
    kept: Sequence[str]
    broken: Sequence[str]


@dataclass(frozen=True, slots=True)
class GuardKind:
    """A kind of guard; every registered one is put through the family's tests with its examples."""

    name: str
    guard: type[Guard]
    sides: frozenset[Side]
    examples: tuple[GuardExample, ...]


@dataclass(frozen=True, slots=True)
class NamedGuard:
    """A guard as it is configured."""

    name: str
    guard: Guard
