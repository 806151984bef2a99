"""Which release a report is read with: that of its arm in an experiment, else by shares of the traffic."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.app.client import ApiClient
from watchkeeper.app.division_at_server import division_of
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.releases.division import Division
from watchkeeper.workloads.annual_reports.instruction_files import (
    SHIPPED,
    instruction_set,
    saved_folder,
    saved_names,
)
from watchkeeper.workloads.annual_reports.instructions import InstructionSet

WORKLOAD = "annual-reports"
VOCABULARY = "vocabulary"
"""As a release pins the words that all agents share, beside each agent's own instructions."""


@dataclass(frozen=True, slots=True)
class PinnedRelease:
    """A release, and where the instructions stand that it pins."""

    release_id: str
    folder: Path | None
    """None: those that ship."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document is read with, and the arm it is in, if it is in one."""

    release: PinnedRelease
    experiment: str | None = None
    arm: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseChoice:
    """The releases that have traffic, each with its instructions."""

    division: Division
    pinned: Mapping[str, PinnedRelease]
    """By the release's id."""

    def of(self, document: str) -> Reading:
        """What a document is read with: the same, as long as shares do not shrink and experiments run."""
        chosen = self.division.of(document)
        return Reading(self.pinned[chosen.release_id], chosen.experiment, chosen.arm)

    def all(self) -> tuple[PinnedRelease, ...]:
        """Every release a document may be read with."""
        return tuple(self.pinned.values())


def instruction_pins(instructions: InstructionSet) -> dict[str, str]:
    """What a release pins of a set: each agent's instructions, and the shared words, by sha256."""
    plain: dict[str, Any] = {
        agent: told.model_dump(mode="json", exclude_defaults=True)
        for agent, told in instructions.agents.items()
    }
    plain[VOCABULARY] = {name: list(words) for name, words in instructions.vocabulary.items()}
    return {name: _sha256(one) for name, one in sorted(plain.items())}


def pinned_release(release_id: str, pins: Mapping[str, str], data_dir: Path) -> PinnedRelease:
    """The release with the instructions it pins, found by their content; those that ship if it pins none.

    Raises:
        NotFoundError: No set of this data folder is what it pins.
    """
    if not pins:
        return PinnedRelease(release_id, None)
    for name in (SHIPPED, *saved_names(data_dir)):
        if instruction_pins(instruction_set(name, data_dir)) == dict(pins):
            return PinnedRelease(release_id, None if name == SHIPPED else saved_folder(name, data_dir))
    raise NotFoundError(
        f"the instructions that release {release_id} pins are in no set of {data_dir}",
        action=f"put them back, return to another (`wk release rollback {WORKLOAD}`), or name a set yourself",
    )


def release_choice(client: ApiClient, data_dir: Path) -> ReleaseChoice | None:
    """The releases that have traffic now; None while none is live: reports are read with what ships.

    Raises:
        NotFoundError: The instructions of one are not in this data folder.
    """
    found = division_of(client, WORKLOAD)
    if found is None:
        return None
    pinned = {name: pinned_release(name, pins.instructions, data_dir) for name, pins in found.pins.items()}
    return ReleaseChoice(found.division, pinned)


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
