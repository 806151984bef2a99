"""A release: everything a workload's answers depend on that can be changed, pinned by its content."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

State = Literal["candidate", "canary", "live", "retired", "rolled back"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What a release holds fast; each a name and the content or version it stands for."""

    instructions: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Agents and the sha256 of the instructions each works by."""
    targets: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Agents or routes, and the model target that answers."""
    adapter: str | None = None
    """The sha256 of a trained adapter."""
    retrieval: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Settings of retrieval, and their values as text."""
    scorers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Scorers, and the version each judged by."""

    def as_texts(self) -> dict[str, dict[str, str]]:
        """Every pin as text, by kind and name: what a release is compared by, and kept as.

        >>> Pins(targets={"extract": "small"}).as_texts()["targets"]
        {'extract': 'small'}
        """
        kinds = {
            "instructions": self.instructions,
            "targets": self.targets,
            "adapter": {} if self.adapter is None else {"adapter": self.adapter},
            "retrieval": self.retrieval,
            "scorers": self.scorers,
        }
        return {kind: dict(sorted(pins.items())) for kind, pins in kinds.items()}

    @classmethod
    def of_texts(cls, kinds: Mapping[str, Mapping[str, str]]) -> "Pins":
        """The pins that `as_texts` told."""
        return cls(
            instructions=dict(kinds.get("instructions", {})),
            targets=dict(kinds.get("targets", {})),
            adapter=kinds.get("adapter", {}).get("adapter"),
            retrieval=dict(kinds.get("retrieval", {})),
            scorers=dict(kinds.get("scorers", {})),
        )

    @property
    def sha256(self) -> str:
        """Of the pins: equal contents are one release, whoever made it."""
        text = json.dumps(self.as_texts(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def release_id(workload: str, pins: Pins) -> str:
    """The name of a release: its workload, and enough of its content's hash to tell it from all others.

    >>> release_id("explainer", Pins(adapter="0" * 64))
    'explainer-4a1f4ad94816'
    """
    return f"{workload}-{pins.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class Change:
    """One pin that differs between two releases; None where a side has none."""

    kind: str
    name: str
    before: str | None
    after: str | None


def changes(before: Pins, after: Pins) -> tuple[Change, ...]:
    """Every pin that differs, by kind and name.

    >>> changes(Pins(targets={"extract": "small"}), Pins(targets={"extract": "large"}))
    (Change(kind='targets', name='extract', before='small', after='large'),)
    """
    old, new = before.as_texts(), after.as_texts()
    return tuple(
        Change(kind, name, old[kind].get(name), new[kind].get(name))
        for kind in old
        for name in sorted(old[kind].keys() | new[kind].keys())
        if old[kind].get(name) != new[kind].get(name)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release of a workload, as it stands."""

    release_id: str
    workload: str
    pins: Pins
    parent: str | None
    """The release it was made from."""
    state: State
    share: int
    """Of traffic, in ten-thousandths (`BUCKETS`); what is neither 0 nor all is a canary's."""
    made_by: str
    made_at: datetime
    note: str | None = None
