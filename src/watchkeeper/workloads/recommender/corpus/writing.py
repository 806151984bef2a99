"""Writing documents and queries from their themes: the only way from what is meant to what can be read."""

import re
from collections.abc import Sequence
from random import Random

from watchkeeper.workloads.recommender.corpus.latent import Mixture, World
from watchkeeper.workloads.recommender.corpus.words import load_sentences
from watchkeeper.workloads.recommender.document import Document

MAIN_SHARE = 0.68
"""Of the sentences about something, those about the main theme; the rest are about the side one."""
THINGS_A_DOCUMENT = 5
"""Words of a theme that one document uses: few, so that two of one theme often share none of them."""
_A_BEFORE_VOWEL = re.compile(r"\b([Aa]) (?=[aeio])")


class Writer:
    """Writes in one world; every choice comes from the chance it is given."""

    def __init__(self, world: World, chance: Random) -> None:
        self._world = world
        self._chance = chance
        self._sentences = load_sentences()

    def title(self, about: Mixture) -> str:
        """A title; titles may repeat, as in real archives."""
        return self._fill("title", about.main, self._some_things(about.main))

    def document(self, key: str, title: str, about: Mixture, related: Sequence[str]) -> Document:
        """A document of eight to fourteen sentences.

        Args:
            key: Its id.
            title: As `title` made it.
            about: Its themes.
            related: Titles of documents it may refer to.
        """
        things = {theme: self._some_things(theme) for theme in (about.main, about.side) if theme is not None}
        kinds = ["things", "things", "things", "person_thing", "place_thing", "house_thing", "names", "names"]
        sentences = []
        for _ in range(self._chance.randint(6, 9)):
            theme = self._theme_of_sentence(about)
            sentences.append(self._fill(self._chance.choice(kinds), theme, things[theme]))
        fillers = self._chance.sample(self._sentences["filler"], self._chance.randint(2, 4))
        sentences += [form.format(year=self._year()) for form in fillers]
        sentences += [
            self._chance.choice(self._sentences["refers"]).format(title=other)
            for other in related[: self._chance.randint(0, 2)]
        ]
        self._chance.shuffle(sentences)
        return Document(key, title, " ".join(sentences))

    def query(self, about: Mixture, kind: str) -> str:
        """A query of a kind: `query_things`, `query_person`, `query_mixed`."""
        text = self._fill(kind, about.main, self._some_things(about.main))
        if about.side is None:
            return text
        return f"{text}, {self._chance.choice(self._world.themes[about.side].things)}"

    def _theme_of_sentence(self, about: Mixture) -> int:
        if about.side is None or self._chance.random() < MAIN_SHARE:
            return about.main
        return about.side

    def _some_things(self, theme: int) -> tuple[str, ...]:
        return tuple(self._chance.sample(self._world.themes[theme].things, THINGS_A_DOCUMENT))

    def _fill(self, kind: str, theme: int, things: Sequence[str]) -> str:
        chance = self._chance
        thing, other, third = chance.sample(things, 3)
        text = chance.choice(self._sentences[kind]).format(
            thing=thing,
            other=other,
            third=third,
            deed=chance.choice(self._world.themes[theme].deeds),
            person=self._world.name("people", theme, chance),
            place=self._world.name("places", theme, chance),
            house=self._world.name("houses", theme, chance),
            year=self._year(),
        )
        return _A_BEFORE_VOWEL.sub(r"\1n ", text)

    def _year(self) -> int:
        return self._chance.randint(1720, 1968)
