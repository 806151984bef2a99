"""The words a corpus is made of: themes and sentences from their files, and invented names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

import yaml

_FIRST = (
    *("Alda", "Bror", "Cilla", "Dagny", "Egil", "Frida", "Gorm", "Hedda", "Ivar", "Jorunn", "Kettil"),
    *("Liv", "Malte", "Nanna", "Orvar", "Petra", "Runa", "Signe", "Tage", "Ulla", "Vidar", "Ylva"),
)
_FAMILY_BEGINS = (
    "Alm",
    "Berg",
    "Dal",
    "Ek",
    "Fors",
    "Gran",
    "Hag",
    "Kvist",
    "Lind",
    "Mal",
    "Nor",
    "Ost",
    "Ring",
    "Sjo",
    "Tall",
)
_FAMILY_ENDS = (
    "brink",
    "crona",
    "dotter",
    "feldt",
    "gard",
    "holt",
    "lund",
    "man",
    "quist",
    "stam",
    "vall",
    "ward",
)
_PLACE_BEGINS = (
    "Asker",
    "Bjork",
    "Drag",
    "Elm",
    "Fager",
    "Grim",
    "Hov",
    "Kal",
    "Lang",
    "Mos",
    "Ram",
    "Skog",
    "Torn",
    "Ulv",
    "Vik",
)
_PLACE_ENDS = (
    "anger",
    "boda",
    "by",
    "eryd",
    "fjord",
    "hamn",
    "heim",
    "hult",
    "malm",
    "nes",
    "sala",
    "sund",
    "torp",
    "vik",
)
_HOUSE_ENDS = ("Hall", "Manor", "Works", "House", "Mission", "Farm", "Lodge", "Court")


@dataclass(frozen=True, slots=True)
class Theme:
    """What a document can be about."""

    name: str
    things: tuple[str, ...]
    deeds: tuple[str, ...]


@cache
def load_themes() -> tuple[Theme, ...]:
    """The themes, in the order of their file."""
    return tuple(
        Theme(name=one["theme"], things=tuple(one["things"]), deeds=tuple(one["deeds"]))
        for one in yaml.safe_load(_text("themes.yaml"))
    )


@cache
def load_sentences() -> Mapping[str, Sequence[str]]:
    """Forms of sentences, by kind."""
    return {kind: tuple(forms) for kind, forms in yaml.safe_load(_text("sentences.yaml")).items()}


def invented_person(chance: Random) -> str:
    """A person nobody is called after."""
    return f"{chance.choice(_FIRST)} {chance.choice(_FAMILY_BEGINS)}{chance.choice(_FAMILY_ENDS)}"


def invented_place(chance: Random) -> str:
    """A place on no map."""
    return chance.choice(_PLACE_BEGINS) + chance.choice(_PLACE_ENDS)


def invented_house(chance: Random) -> str:
    """A house, farm or works."""
    return f"{invented_place(chance)} {chance.choice(_HOUSE_ENDS)}"


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
