"""The pattern families of a report's parts, as data (requirements 2.1.8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.workloads.annual_reports.yaml_text import parsed


class Family(BaseModel):
    """A kind of part: the headings it goes by and how its pages are known."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str
    cues: tuple[str, ...]
    """Headings, lower case."""
    parent: str | None = None
    """The part it stands in; None for a main part."""
    agents: tuple[str, ...] = ()
    """Agents of the roster that read it."""
    evidence: tuple[str, ...] = ()
    """Words and phrases its pages carry."""
    needs: int = Field(default=0, ge=0)
    """How many different ones of them a page must carry to be accepted."""
    amounts: int = Field(default=0, ge=0)
    """How many rows ending in a number its first page must have."""
    spreads: bool = False
    """Whether it goes over facing pages, so that a page beside it with the same rows belongs to it."""
    pages: int = Field(default=40, ge=1)
    """The most pages it covers."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    version: int
    families: tuple[Family, ...]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Patterns:
    """All families, and the words headings are recognised with."""

    version: int
    families: Mapping[str, Family]
    note_words: frozenset[str]
    tail_words: frozenset[str]
    prose_words: frozenset[str]


@lru_cache(maxsize=1)
def load_patterns() -> Patterns:
    """The families that ship with the workload."""
    text = files(__package__).joinpath("sections.yaml").read_text(encoding="utf-8")
    data = _File.model_validate(parsed(text))
    return Patterns(
        version=data.version,
        families={family.kind: family for family in data.families},
        note_words=frozenset(data.words["note"]),
        tail_words=frozenset(data.words["tails"]),
        prose_words=frozenset(data.words["prose"]),
    )
