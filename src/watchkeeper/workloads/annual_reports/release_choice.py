"""Which release a report is read with: that of its arm in an experiment, else by shares of the traffic."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.releases.assignment import BUCKETS, is_chosen
from watchkeeper.releases.experiments.allocation import Split
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
class RunningExperiment:
    """An experiment, and what each of its arms reads with."""

    split: Split
    arms: Mapping[str, PinnedRelease]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document is read with, and the arm it is in, if it is in one."""

    release: PinnedRelease
    experiment: str | None = None
    arm: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseChoice:
    """The releases that have traffic."""

    live: PinnedRelease
    canary: PinnedRelease | None
    share: int
    """The canary's, in ten-thousandths."""
    experiments: tuple[RunningExperiment, ...] = ()
    """The first started first: it takes its documents before the others."""

    def of(self, document: str) -> Reading:
        """What a document is read with: the same, as long as shares do not shrink and experiments run."""
        for one in self.experiments:
            arm = one.split.arm_of(document)
            if arm is not None:
                return Reading(one.arms[arm], one.split.experiment, arm)
        canary = self.canary
        chosen = canary is not None and is_chosen(canary.release_id, document, self.share)
        return Reading(canary if chosen and canary is not None else self.live)

    def all(self) -> tuple[PinnedRelease, ...]:
        """Every release a document may be read with."""
        of_arms = [release for one in self.experiments for release in one.arms.values()]
        return tuple(one for one in (self.live, self.canary, *of_arms) if one is not None)


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
    pins = {one["release_id"]: one["pins"]["instructions"] for one in found}

    def pinned(release_id: str) -> PinnedRelease:
        return pinned_release(release_id, pins[release_id], data_dir)

    running = client.get("/experiments", {"workload": WORKLOAD, "running": True})
    canary = by_state.get("canary")
    return ReleaseChoice(
        live=pinned(by_state["live"]["release_id"]),
        canary=None if canary is None else pinned(canary["release_id"]),
        share=0 if canary is None else round(canary["percent"] * BUCKETS / 100),
        experiments=tuple(
            RunningExperiment(_split(one), {arm["name"]: pinned(arm["release_id"]) for arm in one["arms"]})
            for one in running
        ),
    )


def _split(experiment: Mapping[str, Any]) -> Split:
    arms = tuple((arm["name"], arm["share"]) for arm in experiment["arms"])
    return Split(experiment=experiment["name"], share=experiment["share"], arms=arms)


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
