"""What `/metrics` says of calls and budgets."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from watchkeeper.testing.model_call import model_call

if TYPE_CHECKING:
    from conftest import Office

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def scraped(office: "Office") -> dict[str, float]:
    """The samples of a scrape, by name and labels."""
    office.clock.advance(5)
    text = httpx.get(f"{office.handle.address}/metrics").raise_for_status().text
    samples = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


@pytest.mark.requirement("FA-81")
def test_costs_calls_and_budgets_are_published_for_prometheus(office: "Office") -> None:
    office.hears(
        model_call(1, NOON, ms=40),
        model_call(2, NOON, ms=3000, cost_usd=None),
        model_call(3, NOON, ms=200, ok=False, error_code="timeout"),
        model_call(4, NOON, operation="invoke_agent"),
    )
    office.client.post("/budgets/infrastructure/entries", {"usd": "20", "what": "servers"})
    told = scraped(office)
    both = 'workload="stock-research",model="large"'
    assert told[f'watchkeeper_calls_total{{{both},status="ok"}}'] == 2
    assert told[f'watchkeeper_calls_total{{{both},status="timeout"}}'] == 1
    assert told[f"watchkeeper_call_cost_usd_total{{{both}}}"] == 0.02
    assert told[f"watchkeeper_call_cost_unknown_total{{{both}}}"] == 1
    assert told[f'watchkeeper_call_tokens_total{{{both},direction="input"}}'] == 300
    buckets = {
        le: told[f'watchkeeper_call_duration_seconds_bucket{{{both},le="{le}"}}']
        for le in ("0.05", "0.25", "2.5", "5", "+Inf")
    }
    assert buckets == {"0.05": 1, "0.25": 2, "2.5": 2, "5": 3, "+Inf": 3}
    assert told[f"watchkeeper_call_duration_seconds_sum{{{both}}}"] == 3.24
    assert told['watchkeeper_budget_spent_usd{budget="infrastructure"}'] == 20
    assert told['watchkeeper_budget_limit_usd{budget="total"}'] == 2000
    assert told["watchkeeper_call_figures_up"] == 1


def test_a_counter_does_not_fall_when_rows_are_let_go_of(office: "Office") -> None:
    name = 'watchkeeper_calls_total{workload="stock-research",model="large",status="ok"}'
    office.hears(model_call(1, NOON - timedelta(days=9)), model_call(2, NOON))
    assert scraped(office)[name] == 2
    office.services.telemetry.remove_before(NOON - timedelta(days=1))
    office.hears(model_call(3, NOON))
    assert scraped(office)[name] == 2


@pytest.mark.requirement("FA-81")
def test_figures_that_cannot_be_published_are_seen_at_once(office: "Office") -> None:
    office.hears(model_call(1, NOON))
    office.services.telemetry.close()
    told = scraped(office)
    assert told["watchkeeper_call_figures_up"] == 0
    assert told["watchkeeper_call_figures_failures_total"] == 1
    assert not [name for name in told if name.startswith("watchkeeper_calls_total")]
    parts = httpx.get(f"{office.handle.address}/readyz").json()["parts"]
    assert parts["call figures"]["state"] == "failed"
    assert "closed" in parts["call figures"]["reason"]
