"""A real gateway in front of a real (scripted) provider of both dialects, shared by the stories of a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import anthropic
import openai
import pytest

from watchkeeper.domain.receipt import Receipt
from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.gateway_process import GatewayProcess, target
from watchkeeper.testing.provider.counting import LoggedRequest
from watchkeeper.testing.provider.plan import Fault, ProviderPlan

OWN, THEIRS = "extract", "claude"
"""Routes to a target of the OpenAI dialect, and to one of the Anthropic dialect."""
PROVIDERS_KEY = "sk-providers-secret"


def failing(fault: Fault, **fields: Any) -> ProviderPlan:
    return ProviderPlan(faults={fault: 1.0}, retry_after_s=30, **fields)


PLANS = {
    "model-limited": failing(Fault.RATE_LIMITED),
    "model-down": failing(Fault.UNAVAILABLE),
    "model-silent": failing(Fault.STALL),
    "model-garbled": failing(Fault.TRUNCATED_JSON),
    "model-long": failing(Fault.LENGTH_TOO_LONG),
    "model-short": failing(Fault.LENGTH_TOO_SHORT),
    "model-miscounting": failing(Fault.NONSENSE_USAGE),
    "model-breaking": failing(Fault.CUT, chunk_gap_s=0.01),
    "model-hanging": failing(Fault.HANGING, chunk_gap_s=0.01),
    "model-slow": ProviderPlan(latency_s=0.6),
}
"""Models that fail every time, each in its way, and a slow one."""


def settings_for(upstream: FaultyUpstream) -> dict[str, Any]:
    """A target for each model, in both dialects, with a route of its own that gives up at once."""
    patient: dict[str, Any] = {"api_key": PROVIDERS_KEY, "breaker": {"failures": 1000}}
    targets: dict[str, Any] = {}
    routes: dict[str, Any] = {}
    for provider, url, suffix in (
        ("openai", upstream.openai_url, ""),
        ("anthropic", upstream.url, "-theirs"),
    ):
        for model in ("model-well", *PLANS):
            name = model.removeprefix("model-") + suffix
            impatient = {"timeout_s": 0.4} if model in {"model-silent", "model-hanging"} else {}
            targets[name] = target(url, model, provider=provider, **patient, **impatient)
            routes[f"only-{name}"] = {"targets": [name], "retries": 0}
    targets["heir"] = target(upstream.openai_url, "model-well", continues="prefix", **patient)
    targets["heir-theirs"] = target(
        upstream.url, "model-well", provider="anthropic", continues="prefix", **patient
    )
    routes[OWN] = {"targets": ["well"]}
    routes[THEIRS] = {"targets": ["well-theirs"]}
    routes["spare"] = {"targets": ["down", "well"]}
    routes["spare-theirs"] = {"targets": ["down", "well-theirs"]}
    routes["continued"] = {"targets": ["breaking", "heir"], "retries": 0}
    routes["continued-theirs"] = {"targets": ["breaking-theirs", "heir-theirs"], "retries": 0}
    routes["mixed"] = {"targets": ["breaking", "heir-theirs"], "retries": 0}
    routes["cancelled"] = {"targets": ["slow"], "on_hang_up": "cancel"}
    gateway = {"max_body_bytes": 100_000, "body_within_s": 0.5}
    return {"gateway": gateway, "targets": targets, "routes": routes}


@dataclass(frozen=True)
class House:
    """The gateway and the provider behind it."""

    gateway: GatewayProcess
    upstream: FaultyUpstream

    def receipts_since(self, before: int, *, at_least: int = 1) -> list[Receipt]:
        """The receipts written since there were so many; waits for as many as must come."""
        return self.until(lambda: self._since(before, at_least))

    def _since(self, before: int, at_least: int) -> list[Receipt] | None:
        found = self.gateway.receipts[before:]
        return found if len(found) >= at_least else None

    def log_of(self, receipts: list[Receipt]) -> list[LoggedRequest]:
        """What the provider noted of these attempts."""
        spans = {receipt.span_id for receipt in receipts}
        return [one for one in self.upstream.requests() if one.span_id in spans]

    def until(self, is_so: Any, *, within_s: float = 20.0) -> Any:
        """Wait for something another process does; fails when it does not come."""
        deadline = monotonic() + within_s
        while not (found := is_so()):
            assert monotonic() < deadline, "it did not come in time"
            Event().wait(0.01)
        return found

    @property
    def log_text(self) -> str:
        """Everything the gateway logged."""
        path = self.gateway.data_dir / "logs" / "gateway.jsonl"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.fixture(scope="session")
def standing_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("gateway-house")
    with (
        FaultyUpstream(ProviderPlan(keeps_bodies=True), by_model=PLANS) as upstream,
        GatewayProcess(folder, settings_for(upstream)) as gateway,
    ):
        yield House(gateway, upstream)
        said = gateway.stop()
    assert "Traceback" not in said, said


@pytest.fixture
def house(standing_house: House) -> Iterator[House]:
    """The shared house; a story in it must leave no trace of a defect in the log."""
    yield standing_house
    assert "Traceback" not in standing_house.log_text
    assert PROVIDERS_KEY not in standing_house.log_text


@pytest.fixture
def openai_client(house: House) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=house.gateway.openai_url, api_key="sk-mine", max_retries=0) as client:
        yield client


@pytest.fixture
def anthropic_client(house: House) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=house.gateway.url, api_key="sk-ant-mine", max_retries=0) as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """For a gateway of the test's own."""
    return tmp_path / "gateway"
