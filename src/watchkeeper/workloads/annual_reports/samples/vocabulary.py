"""The words and styles sample reports are made from, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One way of laying out and wording a report; see `styles.yaml`."""

    name: str
    unit: Literal["kr", "tkr"]
    font: str
    minus: str
    note: str
    group: str
    cover: tuple[str, ...]
    contents: bool
    governance: Literal["list", "table", "sentences"]
    property: Literal["table", "sentences"]
    year_end_word: str
    revenue_total: str | None
    cost_total: str | None
    costs_negative: bool
    assets_total: str
    equity_total: str
    long_total: str | None
    short_total: str | None
    debt_total: str | None
    loans_total: str
    org_no_word: str
    upper_headings: bool
    signature_columns: int
    area_sentence: str
    flats_sentence: str
    built_sentence: str


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """The word lists of `words.yaml`."""
    return {name: tuple(found) for name, found in _yaml("words.yaml").items()}


@cache
def styles() -> Mapping[str, Style]:
    """The styles of `styles.yaml`, by name, in order."""
    return {
        name: Style(name=name, **{**fields, "cover": tuple(fields["cover"])})
        for name, fields in _yaml("styles.yaml").items()
    }


def _yaml(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return loaded
