"""What a document is about before it has a word: themes with weights, and names that belong to themes."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from watchkeeper.workloads.recommender.corpus.words import (
    Theme,
    invented_house,
    invented_person,
    invented_place,
)

PEOPLE_A_THEME = 5
PLACES_A_THEME = 3
HOUSES_A_THEME = 3
STRAY_SHARE = 0.1
"""How often a name of any theme stands where one of the document's own would: a name is no proof."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """The themes of a document or query."""

    main: int
    side: int | None = None

    def grade(self, asked: "Mixture") -> int:
        """How relevant a document of this mixture is to what was asked: 0 to 3.

        3: about both themes asked for, or wholly about the one. 2: mainly about the main theme. 1: the main
        theme on the side, or mainly about the side one.
        """
        if self.main == asked.main:
            return 3 if self.side == asked.side else 2
        if self.side == asked.main:
            return 2 if self.main == asked.side else 1
        return 1 if asked.side is not None and self.main == asked.side else 0


@dataclass(frozen=True, slots=True)
class World:
    """The themes of one corpus, and the names that belong to each."""

    themes: tuple[Theme, ...]
    people: tuple[tuple[str, ...], ...]
    places: tuple[tuple[str, ...], ...]
    houses: tuple[tuple[str, ...], ...]

    def name(self, kind: str, theme: int, chance: Random) -> str:
        """A name of a kind (`people`, `places`, `houses`), mostly of this theme."""
        by_theme: tuple[tuple[str, ...], ...] = getattr(self, kind)
        if chance.random() < STRAY_SHARE:
            theme = chance.randrange(len(by_theme))
        return chance.choice(by_theme[theme])


def make_world(themes: tuple[Theme, ...], chance: Random) -> World:
    """Invent the names; a place serves two neighbouring themes, so it says less than a person."""
    used: set[str] = set()

    def fresh(invent: Callable[[Random], str], count: int) -> tuple[str, ...]:
        made: list[str] = []
        while len(made) < count:
            name = invent(chance)
            if name not in used:
                used.add(name)
                made.append(name)
        return tuple(made)

    places = [fresh(invented_place, PLACES_A_THEME) for _ in themes]
    return World(
        themes=themes,
        people=tuple(fresh(invented_person, PEOPLE_A_THEME) for _ in themes),
        places=tuple((*own, *places[(at + 1) % len(places)][:1]) for at, own in enumerate(places)),
        houses=tuple(fresh(invented_house, HOUSES_A_THEME) for _ in themes),
    )
