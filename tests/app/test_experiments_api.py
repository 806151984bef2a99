"""An experiment is started, its calls recorded, its winner told, and stopped: by API and by command."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from watchkeeper.app.client import ApiClient
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import ConflictError, InvalidInputError, WatchkeeperError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.receipt import Receipt
from watchkeeper.domain.span import span_of_receipt
from watchkeeper.releases.experiments.allocation import Split
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.telemetry import InMemoryTelemetry

if TYPE_CHECKING:
    from conftest import StartOnMovedClock


class Shop:
    """A workload that asks what each customer gets, and says so with its calls."""

    def __init__(self, client: ApiClient, store: InMemoryTelemetry, clock: MovedClock) -> None:
        self.client, self.store, self.clock = client, store, clock
        self._served = 0
        self.live = self.proved("plain")
        self.wk("release", "promote", self.live, "--reason", "the first", "--by", "Ida")

    def wk(self, *arguments: str, fails: bool = False) -> Any:
        found = CliRunner().invoke(app, ["--server", self.client.url, *arguments])
        assert fails or found.exit_code == 0, found.exception
        return found

    def proved(self, target: str) -> str:
        made = self.wk("release", "make", "shop", "--pin", f"targets.ask={target}", "--by", "Ida", "--json")
        name = str(json.loads(made.stdout)["release_id"])
        self.prove(name)
        return name

    def prove(self, release: str) -> None:
        self.wk("release", "prove", release, "--verdict", "passed", "--told", "20 of 20", "--by", "Ida")

    def started(self, *more: str, name: str = "tone") -> Any:
        arms = ("--arm", "plain=live", "--arm", f"warm={self.proved('warm')}")
        asked = ("experiment", "start", name, "shop", *arms, "--reason", "does tone matter", "--by", "Ida")
        return self.wk(*asked, *more)

    def serves(self, customers: int, *, right: dict[str | None, float], calls_each: int = 2) -> None:
        """Calls for new customers, each judged; of each arm the share that is right is as told."""
        self.clock.advance(60)
        receipts, verdicts, of_arm = [], [], dict.fromkeys(right, 0)
        told = self.client.get("/experiments/tone")["experiment"]
        arms = tuple((arm["name"], arm["share"]) for arm in told["arms"])
        split = Split(experiment="tone", share=told["share"], arms=arms)
        for at in range(customers):
            self._served += 1
            customer = f"customer {self._served}"
            arm = split.arm_of(customer)
            headers = {"x-watchkeeper-workload": "shop", "x-watchkeeper-subject": customer}
            if arm is not None:
                headers |= {"x-watchkeeper-experiment": "tone", "x-watchkeeper-arm": arm}
            if at < 10:  # What a caller is told is what the split says.
                chosen = self.client.get("/releases/chosen", {"workload": "shop", "subject": customer})
                assert headers.items() <= chosen["headers"].items()
            before, of_arm[arm] = int(of_arm[arm] * right[arm]), of_arm[arm] + 1
            is_right = int(of_arm[arm] * right[arm]) > before
            for number in range(calls_each):
                receipts.append(self._receipt(headers, number))
                verdicts.append(
                    EvaluationResult(
                        evaluation_id=receipts[-1].receipt_id,
                        workload="shop",
                        ts_ns=ns_of(self.clock.now()),
                        name="quality",
                        value=float(is_right),
                        trace_id=receipts[-1].trace_id,
                        span_id=receipts[-1].span_id,
                    )
                )
        spans = tuple(map(span_of_receipt, receipts))
        self.store.append(
            TelemetryBatch(spans=spans, evaluations=tuple(verdicts)), received_at=self.clock.now()
        )

    def _receipt(self, headers: dict[str, str], number: int) -> Receipt:
        """As the gateway would write it of a call with these headers."""
        trace_id = f"{self._served:032x}"
        return Receipt(
            receipt_id=f"{trace_id}-{number}",
            ts=self.clock.now().isoformat(),
            trace_id=trace_id,
            span_id=f"{number + 1:016x}",
            workload=headers["x-watchkeeper-workload"],
            target="small",
            provider="openai",
            model="small-7b",
            latency_ms=100 + self._served % 3,
            experiment=headers.get("x-watchkeeper-experiment"),
            arm=headers.get("x-watchkeeper-arm"),
            subject_sha256=hashlib.sha256(headers["x-watchkeeper-subject"].encode()).hexdigest(),
        )


@pytest.fixture
def shop(start_on_moved_clock: "StartOnMovedClock") -> Shop:
    return Shop(*start_on_moved_clock())


@pytest.mark.requirement("HE-80")
def test_an_experiment_runs_on_real_choices_and_tells_its_result(shop: Shop) -> None:
    shop.started("--weight", "plain=50", "--weight", "warm=50")
    first = {
        n: shop.client.get("/releases/chosen", {"workload": "shop", "subject": f"customer {n}"})["arm"]
        for n in range(1, 21)
    }
    assert set(first.values()) == {"plain", "warm"}
    told = shop.wk("experiment", "show", "tone").stdout
    assert "no data yet: nobody knows the quality of plain, warm" in told
    shop.serves(60, right={"plain": 0.7, "warm": 0.95})
    assert "of the 50 subjects before anything is told" in shop.wk("experiment", "show", "tone").stdout
    shop.serves(540, right={"plain": 0.7, "warm": 0.95})
    story = json.loads(shop.wk("experiment", "show", "tone", "--json").stdout)
    assert (story["verdict"]["decision"], story["verdict"]["winner"]) == ("winner", "warm")
    counts = {one["arm"]: (one["subjects"], one["calls"]) for one in story["verdict"]["counts"]}
    # The calls of a customer are one witness, not two.
    assert sum(subjects for subjects, _ in counts.values()) == 600
    assert all(calls == 2 * subjects for subjects, calls in counts.values())
    listed = json.loads(
        shop.wk("calls", "list", "--experiment", "tone", "--arm", "warm", "--limit", "7", "--json").stdout
    )
    assert len(listed["calls"]) == 7
    again = {
        n: shop.client.get("/releases/chosen", {"workload": "shop", "subject": f"customer {n}"})["arm"]
        for n in first
    }
    assert again == first

    ended = shop.wk("experiment", "stop", "tone", "--reason", "warm won", "--by", "Bo").stdout
    assert "warm wins: better than plain in quality" in ended
    assert "to have it for all: wk release promote shop-" in ended
    assert "stopped by Bo" in ended
    chosen = shop.client.get("/releases/chosen", {"workload": "shop", "subject": "customer 1"})
    assert (chosen["release_id"], chosen["experiment"]) == (shop.live, None)
    listed = json.loads(shop.wk("experiment", "list", "--json").stdout)
    assert [(one["name"], one["running"], one["stop"]["winner"]) for one in listed] == [
        ("tone", False, "warm")
    ]
    assert "tone" in shop.wk("experiment", "list").stdout
    assert "an arm of experiment tone" in shop.wk("release", "show", shop.live).stdout


def test_an_arm_of_pins_is_the_live_release_with_these_and_is_proved_first(shop: Shop) -> None:
    asked = (
        *("experiment", "start", "depth", "shop", "--arm", "plain=live", "--arm", "deep=retrieval.top=9"),
        *("--reason", "more context", "--by", "Ida"),
    )
    refused = shop.wk(*asked, fails=True).exception
    assert isinstance(refused, ConflictError)
    assert "have not passed: they have not run on it" in refused.message
    (made,) = [one for one in shop.client.get("/releases") if one["release_id"] != shop.live]
    assert made["pins"]["targets"] == {"ask": "plain"}
    assert made["pins"]["retrieval"] == {"top": "9"}
    shop.prove(made["release_id"])
    assert "depth: running, on 100 % of the subjects of shop" in shop.wk(*asked).stdout


def test_only_a_part_of_the_subjects_takes_part_where_asked(shop: Shop) -> None:
    shop.started("--percent", "20", "--for", "14d")
    shop.serves(300, right={"plain": 0.9, "warm": 0.9, None: 0.9})
    story = shop.client.get("/experiments/tone")
    assert 30 <= sum(one["subjects"] for one in story["verdict"]["counts"]) <= 90
    assert story["experiment"]["ends_at"] is not None
    back = shop.wk("release", "rollback", "shop", "--reason", "people complain", "--by", "Bo").stdout
    assert f"{shop.live}: live" in back
    assert "experiment tone has ended with it" in back


def test_a_slip_of_the_pen_is_told(shop: Shop) -> None:
    for more, told in (
        (("--weight", "bold=50"), "there is no arm 'bold' to weigh"),
        (("--weight", "plain=much"), "is no percentage"),
        (("--for", "long"), "is no length of time"),
        (("--arm", "bold"), "names nothing"),
    ):
        refused = shop.wk(
            *("experiment", "start", "tone", "shop", "--arm", "plain=live", "--reason", "r"),
            *more,
            fails=True,
        ).exception
        assert isinstance(refused, InvalidInputError)
        assert told in refused.message
    with pytest.raises(WatchkeeperError, match="there is no experiment 'none'") as unknown:
        shop.client.get("/experiments/none")
    assert unknown.value.status == 404
    with pytest.raises(WatchkeeperError) as badly:
        shop.client.post("/experiments", {"name": "x", "workload": "shop", "arms": [], "metric": "beauty"})
    assert badly.value.status == 400
