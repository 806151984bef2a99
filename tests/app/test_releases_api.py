"""A release is made, proved, tried on some traffic, and goes live or back: by API and by command."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.app.conftest import wait_until
from watchkeeper.app.client import ApiClient
from watchkeeper.app.settings_releases import GateSettings, ReleaseSettings
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import ConflictError, WatchkeeperError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.telemetry import InMemoryTelemetry

if TYPE_CHECKING:
    from conftest import StartOnMovedClock

CALL = Span(
    trace_id="a" * 32,
    span_id="b" * 16,
    name="chat m",
    operation="chat",
    workload="explainer",
    start_ns=1,
    duration_ns=1,
    ok=True,
    cost_usd=Decimal("0.002"),
)


class Explainer:
    """A workload whose calls say which release they worked with."""

    def __init__(self, client: ApiClient, store: InMemoryTelemetry, clock: MovedClock) -> None:
        self.client = client
        self.store = store
        self.clock = clock
        self._served = 0

    def wk(self, *arguments: str) -> Any:
        found = CliRunner().invoke(app, ["--server", self.client.url, *arguments])
        assert found.exit_code in {0, 1}, found.output
        return found

    def proved(self, target: str) -> str:
        made = json.loads(
            self.wk(
                "release", "make", "explainer", "--pin", f"targets.explain={target}", "--by", "Ida", "--json"
            ).stdout
        )
        release_id = str(made["release_id"])
        proved = self.wk(
            "release", "prove", release_id, "--verdict", "passed", "--told", "20 of 20", "--by", "Ida"
        )
        assert proved.exit_code == 0
        return release_id

    def promoted(self, release_id: str) -> None:
        told = self.wk("release", "promote", release_id, "--reason", "better words", "--by", "Ida")
        assert told.exit_code == 0, told.output

    def serves(self, release_id: str, count: int, *, right: float, judged: bool = True) -> None:
        """After the last move and before the next one: the clock stands still while the watch looks."""
        self.clock.advance(60)
        calls, verdicts = [], []
        for number in range(count):
            self._served += 1
            ids = {"trace_id": f"{self._served:032x}", "span_id": f"{self._served:016x}"}
            at = ns_of(self.clock.now()) - 10**9 + number
            # Three latencies in turn: some scatter, the same for both.
            calls.append(
                replace(CALL, **ids, release=release_id, start_ns=at, duration_ns=(1 + number % 3) * 10**8)
            )
            verdicts.append(
                EvaluationResult(
                    evaluation_id=f"e{self._served}",
                    workload="explainer",
                    ts_ns=at,
                    name="quality",
                    value=1.0 if number % 100 < right * 100 else 0.0,
                    **ids,
                )
            )
        self.store.append(
            TelemetryBatch(spans=calls, evaluations=verdicts if judged else ()), received_at=self.clock.now()
        )

    def story(self, release_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/releases/{release_id}")
        return found


@pytest.fixture
def explainer(start_on_moved_clock: "StartOnMovedClock") -> Explainer:
    return Explainer(*start_on_moved_clock())


def state_of(explainer: Explainer, release_id: str) -> Any:
    return explainer.story(release_id)["release"]["state"]


def test_the_first_release_of_a_workload_is_live_at_once_and_the_next_is_a_canary(
    explainer: Explainer,
) -> None:
    first = explainer.proved("small")
    explainer.promoted(first)
    second = explainer.proved("large")
    explainer.promoted(second)
    told = explainer.wk("release", "weights", "explainer", "--json")
    assert {one["release_id"]: one["percent"] for one in json.loads(told.stdout)["weights"]} == {
        first: 99.0,
        second: 1.0,
    }
    listed = explainer.wk("release", "list").stdout
    assert "canary" in listed and "live" in listed
    changed = explainer.wk("release", "diff", second).stdout
    assert "explain" in changed and "small" in changed and "large" in changed


def test_an_unproved_release_gets_no_traffic_and_is_told_why(explainer: Explainer) -> None:
    made = explainer.client.post(
        "/releases", {"workload": "explainer", "pins": {"targets": {"explain": "x"}}, "by": "Ida"}
    )
    with pytest.raises(WatchkeeperError, match="have not run on it") as told:
        explainer.client.post(f"/releases/{made['release_id']}/promote", {"reason": "now", "by": "Ida"})
    assert told.value.status == 409
    with pytest.raises(WatchkeeperError, match="pins no 'weather'"):
        explainer.client.post("/releases", {"workload": "w", "pins": {"weather": {"a": "b"}}, "by": "Ida"})


def test_a_worse_canary_is_taken_back_by_itself_with_the_figures_that_show_it(explainer: Explainer) -> None:
    old, new = explainer.proved("small"), explainer.proved("large")
    explainer.promoted(old)
    explainer.promoted(new)
    explainer.serves(old, 3000, right=0.95)
    explainer.serves(new, 300, right=0.60)
    wait_until(lambda: state_of(explainer, new) == "rolled back")
    story = explainer.story(new)
    assert story["moves"][-1]["by"] == "release watch"
    assert story["moves"][-1]["reason"].startswith("worse: quality -35.0%")
    assert state_of(explainer, old) == "live"
    chosen = explainer.client.get("/releases/chosen", {"workload": "explainer", "subject": "ada"})
    assert chosen["release_id"] == old
    with pytest.raises(WatchkeeperError, match="is rolled back and cannot become canary") as told:
        explainer.client.post(f"/releases/{new}/promote", {"reason": "once more", "by": "Ida"})
    assert f"`wk release reopen {new}`" in (told.value.action or "")
    reopened = explainer.wk("release", "reopen", new, "--reason", "mended", "--by", "Ida")
    assert f"next: `wk release prove {new}`" in reopened.stdout


def test_a_good_canary_goes_live_by_itself_and_one_command_brings_the_old_one_back(
    explainer: Explainer,
) -> None:
    old, new = explainer.proved("small"), explainer.proved("large")
    explainer.promoted(old)
    explainer.promoted(new)
    for stage in range(4):
        if state_of(explainer, new) == "live":
            break
        share = explainer.story(new)["release"]["percent"]
        explainer.serves(old, 3000, right=0.95)
        explainer.serves(new, 800, right=0.97)
        wait_until(lambda share=share: explainer.story(new)["release"]["percent"] != share)
        assert stage < 3
    assert (state_of(explainer, new), state_of(explainer, old)) == ("live", "retired")
    back = explainer.wk("release", "rollback", "explainer", "--reason", "readers complain", "--by", "Ida")
    assert back.stdout == f"{old}: live, 100 % of traffic\n"
    assert "readers complain" in explainer.wk("release", "show", new).stdout


def test_without_judged_answers_a_canary_waits_and_says_for_what(explainer: Explainer) -> None:
    old, new = explainer.proved("small"), explainer.proved("large")
    explainer.promoted(old)
    explainer.promoted(new)
    told = explainer.wk("release", "show", new).stdout
    assert "after 0 calls: open" in told
    assert "no data" in told
    assert f"waits: no call of {new} has come yet" in told
    explainer.serves(old, 300, right=0.9, judged=False)
    explainer.serves(new, 300, right=0.9, judged=False)
    told = explainer.wk("release", "show", new).stdout
    assert "waits: the answers of both releases were not judged as 'quality'" in told
    assert "`releases.gate.quality: null`" in told


def test_a_setting_leaves_quality_out_and_a_canary_nobody_judged_goes_live(
    start_on_moved_clock: "StartOnMovedClock",
) -> None:
    gate = GateSettings(quality=None)
    explainer = Explainer(*start_on_moved_clock(releases=ReleaseSettings(every_s=0.1, gate=gate)))
    old, new = explainer.proved("small"), explainer.proved("large")
    explainer.promoted(old)
    explainer.promoted(new)
    for _ in range(3):
        share = explainer.story(new)["release"]["percent"]
        explainer.serves(old, 3000, right=1, judged=False)
        explainer.serves(new, 1000, right=1, judged=False)
        wait_until(lambda share=share: explainer.story(new)["release"]["percent"] != share)
    assert state_of(explainer, new) == "live"


def test_a_check_that_the_settings_name_has_to_pass_before_traffic(
    start_on_moved_clock: "StartOnMovedClock",
) -> None:
    settings = ReleaseSettings(gate=GateSettings(required_checks=("replay",)))
    explainer = Explainer(*start_on_moved_clock(releases=settings))
    release = explainer.proved("small")
    asked = ("release", "promote", release, "--reason", "now", "--by", "Ida")
    refused = explainer.wk(*asked).exception
    assert isinstance(refused, ConflictError)
    assert f"the required check 'replay' of {release} has not passed: it has not run" in refused.message
    assert f"wk replay … --release {release}" in str(refused.action)
    proved = ("release", "prove", release, "--check", "replay", "--by", "Ida")
    explainer.wk(*proved, "--verdict", "failed", "--told", "3 of 40 worse")
    assert "failed: 3 of 40 worse" in str(explainer.wk(*asked).exception)
    explainer.wk(*proved, "--verdict", "passed", "--told", "none of 40 worse")
    explainer.promoted(release)
    assert state_of(explainer, release) == "live"


@pytest.mark.slow
def test_the_gate_can_be_tried_on_simulated_candidates(explainer: Explainer) -> None:
    bad = json.loads(explainer.wk("release", "simulate", "--success", "0.85", "--seed", "7", "--json").stdout)
    good = json.loads(explainer.wk("release", "simulate", "--seed", "7", "--json").stdout)
    assert (bad["candidates"], bad["went_live"] <= 1, bad["most_calls"] <= 2500) == (100, True, True)
    assert good["turned_away"] <= 10


def test_when_another_release_goes_live_the_answers_kept_of_its_workload_are_put_out(
    explainer: Explainer,
) -> None:
    def orders() -> list[tuple[str, dict[str, str], str]]:
        return [(one["kind"], one["about"], one["reason"]) for one in explainer.client.get("/orders")]

    def put_out(release_id: str) -> tuple[str, dict[str, str], str]:
        return ("cache empty", {"workload": "explainer"}, f"release {release_id} went live")

    old = explainer.proved("small")
    assert orders() == []
    explainer.promoted(old)
    assert orders() == [put_out(old)]
    new = explainer.proved("large")
    explainer.promoted(new)
    assert len(orders()) == 1  # a canary's calls name their release: nothing kept is theirs

    went = explainer.wk(
        "release", "promote", new, "--percent", "100", "--reason", "better words", "--by", "Ida"
    )
    assert went.exit_code == 0, went.output
    back = explainer.wk("release", "rollback", "explainer", "--reason", "worse after all", "--by", "Ida")
    assert back.exit_code == 0, back.output

    assert sorted(orders()) == sorted([put_out(old), put_out(new), put_out(old)])
