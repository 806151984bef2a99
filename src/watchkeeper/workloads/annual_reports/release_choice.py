"""Which release a report is read with: its instructions, by the share each release has of the traffic."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.releases.assignment import BUCKETS, is_chosen
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
class ReleaseChoice:
    """The releases that have traffic."""

    live: PinnedRelease
    canary: PinnedRelease | None
    share: int
    """The canary's, in ten-thousandths."""

    def of(self, document: str) -> PinnedRelease:
        """The release of a document: the same one, as long as the canary's share does not shrink."""
        canary = self.canary
        chosen = canary is not None and is_chosen(canary.release_id, document, self.share)
        return canary if chosen and canary is not None else self.live


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
    found: Sequence[Mapping[str, Any]] = client.get("/releases", {"workload": WORKLOAD})
    by_state = {one["state"]: one for one in found if one["state"] in {"live", "canary"}}
    if "live" not in by_state:
        return None

    def pinned(state: str) -> PinnedRelease:
        one = by_state[state]
        return pinned_release(one["release_id"], one["pins"]["instructions"], data_dir)

    return ReleaseChoice(
        live=pinned("live"),
        canary=pinned("canary") if "canary" in by_state else None,
        share=round(by_state["canary"]["percent"] * BUCKETS / 100) if "canary" in by_state else 0,
    )


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
