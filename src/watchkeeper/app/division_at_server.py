"""The releases of a workload that have traffic, as its server tells them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.app.client import ApiClient
from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.division import Arms, Division
from watchkeeper.releases.experiments.allocation import Split
from watchkeeper.releases.release import Pins


@dataclass(frozen=True, slots=True)
class PinnedDivision:
    """How traffic is divided, and what each release in it pins."""

    division: Division
    pins: Mapping[str, Pins]
    """By the release's id."""


def division_of(client: ApiClient, workload: str) -> PinnedDivision | None:
    """The releases that have traffic now; None while none is live.

    Raises:
        WatchkeeperError: As the server raised it, or `UnavailableError` when it does not answer.
    """
    found: Sequence[Mapping[str, Any]] = client.get("/releases", {"workload": workload})
    by_state = {one["state"]: one for one in found if one["state"] in {"live", "canary"}}
    if "live" not in by_state:
        return None
    canary = by_state.get("canary")
    division = Division(
        live=by_state["live"]["release_id"],
        canary=None if canary is None else canary["release_id"],
        share=0 if canary is None else round(canary["percent"] * BUCKETS / 100),
        experiments=tuple(
            _arms(one) for one in client.get("/experiments", {"workload": workload, "running": True})
        ),
    )
    pins = {one["release_id"]: one["pins"] for one in found}
    return PinnedDivision(division, {name: Pins.of_texts(pins[name]) for name in division.releases()})


def _arms(experiment: Mapping[str, Any]) -> Arms:
    split = Split(
        experiment=experiment["name"],
        share=experiment["share"],
        arms=tuple((arm["name"], arm["share"]) for arm in experiment["arms"]),
    )
    return Arms(split, {arm["name"]: arm["release_id"] for arm in experiment["arms"]})
