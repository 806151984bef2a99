"""What a workload's own suite says of a release, and what its releases can pin."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.known_workload import ANNUAL_REPORTS, RECOMMENDER

if TYPE_CHECKING:
    from watchkeeper.app.client import ApiClient

Suite = Callable[[Invocation, "ApiClient", Mapping[str, Any]], tuple[str, str]]
"""A verdict, and what was found in a sentence."""


def check_pins(workload: str, pins: Mapping[str, Mapping[str, str]]) -> None:
    """See that a workload can follow what is to be pinned, where it is known what it follows.

    Raises:
        InvalidInputError: It cannot.
    """
    if workload == RECOMMENDER:
        from watchkeeper.releases.release import Pins
        from watchkeeper.workloads.recommender.weighting import weights_of

        weights_of(Pins.of_texts(pins))


def suite_of(workload: str) -> Suite | None:
    """The suite a workload ships, whose verdict is nobody's to give; None where it ships none."""
    return {ANNUAL_REPORTS: _of_reports, RECOMMENDER: _of_ranking}.get(workload)


def _of_reports(call: Invocation, client: "ApiClient", release: Mapping[str, Any]) -> tuple[str, str]:
    from watchkeeper.evaluation.canaries import suite_verdict
    from watchkeeper.workloads.annual_reports.preflight_facts import check_canaries
    from watchkeeper.workloads.annual_reports.release_choice import pinned_release
    from watchkeeper.workloads.annual_reports.worker_setup import worker_setup

    pinned = pinned_release(release["release_id"], release["pins"]["instructions"], call.data_dir)
    setup = worker_setup(call.settings, call.data_dir, instructions=pinned.folder)
    checked = check_canaries(setup, client)
    passed = sum(str(one.verdict) == "pass" for one in checked)
    return suite_verdict(checked), f"{passed} of {len(checked)} checks of the suite passed"


def _of_ranking(call: Invocation, _client: "ApiClient", release: Mapping[str, Any]) -> tuple[str, str]:
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.releases.release import Pins
    from watchkeeper.workloads.recommender.opening import own_settings
    from watchkeeper.workloads.recommender.release_canary import quality_of, verdict_on

    pins = Pins.of_texts(release["pins"])
    return verdict_on(quality_of(pins, own_settings(call.settings), SystemClock()))
