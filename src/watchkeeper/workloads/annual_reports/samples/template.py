"""Templates: reports written down as blocks of data, with choices the seed makes.

A template is a YAML file of `templates/`: a `look` (paper, font, how amounts are printed), a `case`
(what is unusual about the association) and a `body` of blocks. Anywhere in it, `one_of` offers
alternatives and `maybe` something that may be missing; `use` stands for shared blocks of
`templates/shared/`. What a block states is listed under its `tells`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, Literal

import yaml

KINDS = ("page", "space", "heading", "line", "text", "cells", "columns", "row", "split")
"""What a block can be; each block has exactly one of these keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The paper a report is set on, and how it prints amounts."""

    unit: Literal["kr", "tkr"] = "kr"
    font: str = "Helvetica"
    size: float = 10
    minus: str = "-"
    """Before a negative amount; `()` around it, `1-` for a minus behind it."""
    zero: str = "0"
    group: str = " "
    note: str = "{n}"
    suffix: str = ""
    """Behind every amount, such as `,00` or ` kr`."""
    note_at: float = 320
    amounts_at: tuple[float, ...] = (430, 520)
    """Right edges of the year columns, from the left."""
    prior_first: bool = False
    landscape: bool = False
    ligatures: bool = False
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    upper_headings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a template makes of an invented association before telling of it."""

    name: str = "{name}"
    org_prefix: str = ""
    people: Literal["plain", "rich"] = "rich"
    auditor: Literal["authorised", "elected"] = "authorised"
    loans: Literal["both", "short"] = "both"
    cash: Literal["own", "with_manager"] = "own"
    broken_year: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One thing that is set: its kind, its content, its options, and what it states by field."""

    kind: str
    content: Any
    options: Mapping[str, Any]
    tells: Mapping[str, str | None] = field(default_factory=dict)
    """By field, the value where it is not the association's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template with its choices made."""

    name: str
    look: Look
    case: Case
    body: tuple[Block, ...]
    accepts: Mapping[str, tuple[str, ...]]
    """By field, further answers that are right."""


def template_names() -> tuple[str, ...]:
    """The templates that ship, in order."""
    return tuple(sorted(path.name.removesuffix(".yaml") for path in _folder().iterdir() if path.is_file()))


def template(name: str, seed: int) -> Template:
    """A template with the choices of a seed.

    Raises:
        KeyError: A block is of no known kind, or names shared blocks there are none of.
    """
    chance = Random(f"{name} {seed}")
    raw = _yaml(f"{name}.yaml")
    look, case = _chosen(raw.get("look", {}), chance), _chosen(raw.get("case", {}), chance)
    for key in ("header", "footer", "amounts_at"):
        if key in look:
            look[key] = tuple(look[key])
    body = tuple(_block(one) for one in _chosen(raw["body"], chance))
    accepts = {field: tuple(map(str, others)) for field, others in raw.get("accepts", {}).items()}
    return Template(name=name, look=Look(**look), case=Case(**case), body=body, accepts=accepts)


def _block(raw: Mapping[str, Any]) -> Block:
    kinds = [key for key in raw if key in KINDS]
    if len(kinds) != 1:
        raise KeyError(f"a block needs one of {KINDS}: {raw}")
    told = raw.get("tells", {})
    tells = dict.fromkeys(told) if isinstance(told, list) else {k: v and str(v) for k, v in told.items()}
    options = {key: value for key, value in raw.items() if key not in (kinds[0], "tells")}
    return Block(kind=kinds[0], content=raw[kinds[0]], options=options, tells=tells)


def _chosen(raw: Any, chance: Random) -> Any:
    """The data with every choice made; chosen lists of blocks are joined into the list around them."""
    if isinstance(raw, Mapping):
        if "one_of" in raw:
            return _chosen(chance.choice(raw["one_of"]), chance)
        if "shuffled" in raw:
            return _chosen(chance.sample(raw["shuffled"], len(raw["shuffled"])), chance)
        return {key: _chosen(value, chance) for key, value in raw.items()}
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return _joined(raw, chance)
    return raw


def _joined(raw: Sequence[Any], chance: Random) -> list[Any]:
    joined: list[Any] = []
    for item in raw:
        if isinstance(item, Mapping) and "maybe" in item:
            if chance.random() < 0.5:
                joined += _chosen(item["maybe"], chance)
        elif isinstance(item, Mapping) and "use" in item:
            joined += _chosen(_shared(item["use"]), chance)
        elif isinstance(item, Mapping) and ("one_of" in item or "shuffled" in item):
            found = _chosen(item, chance)
            joined += found if isinstance(found, list) else [found]
        else:
            joined.append(_chosen(item, chance))
    return joined


def _shared(path: str) -> list[Any]:
    """Shared blocks, as `file.name`."""
    file, name = path.split(".")
    blocks: list[Any] = _yaml(f"shared/{file}.yaml")[name]
    return blocks


def _folder() -> Any:
    return files(__package__).joinpath("templates")


@cache
def _yaml(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_folder().joinpath(name).read_text(encoding="utf-8"))
    return loaded
