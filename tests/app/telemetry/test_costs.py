"""What was spent, as the API tells it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.testing.model_call import model_call

if TYPE_CHECKING:
    from conftest import Office

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def call(number: int, *, ago: timedelta = HOUR, usd: str | None = "0.01", **columns: Any) -> Span:
    cost = None if usd is None else Decimal(usd)
    return model_call(number, NOON - ago, cost_usd=cost, **columns)


def test_costs_by_model_tell_unknown_prices_beside_the_sum(office: "Office") -> None:
    office.hears(
        call(1, usd="0.30"),
        call(2, usd=None),
        call(3, usd="0.10", model="small"),
        call(4, usd=None, model="new"),
        call(5, usd="9", operation="invoke_agent"),
        call(6, usd="0", model="layout"),
    )
    table = office.get("/costs")
    told = [
        (row["group"]["model"], row["cost_usd"], row["unknown_calls"], row["share"]) for row in table["rows"]
    ]
    assert told == [
        ("large", "0.3", 1, 0.75),
        ("small", "0.1", 0, 0.25),
        ("layout", "0", 0, 0.0),
        ("new", None, 1, None),
    ]
    assert (table["total"]["cost_usd"], table["total"]["unknown_calls"], table["total"]["calls"]) == (
        "0.4",
        2,
        5,
    )


def test_a_call_seen_by_client_and_gateway_costs_once(office: "Office") -> None:
    trace = "d" * 32
    office.hears(
        call(1, trace_id=trace, usd="0.5"),
        call(2, trace_id=trace, parent_span_id=f"{1:016x}", receipt_id="r", usd="0.4"),
    )
    assert office.get("/costs")["total"]["cost_usd"] == "0.4"


def test_days_without_calls_stand_in_a_trend_without_a_cost(office: "Office") -> None:
    office.hears(call(1), call(2, ago=2 * DAY))
    rows = office.get("/costs", by="day", since="2026-11-25", until="2026-11-28")["rows"]
    assert [(row["group"]["day"], row["calls"], row["cost_usd"]) for row in rows] == [
        ("2026-11-25", 0, None),
        ("2026-11-26", 1, "0.01"),
        ("2026-11-27", 0, None),
        ("2026-11-28", 1, "0.01"),
    ]
    both = office.get("/costs", by="day,agent", since="-3d")["rows"]
    assert [row["group"] for row in both] == [
        {"day": "2026-11-26", "agent": None},
        {"day": "2026-11-28", "agent": None},
    ]
    with pytest.raises(InvalidInputError, match="cannot be grouped by colour"):
        office.get("/costs", by="colour")


def test_entered_costs_are_told_apart_and_once(office: "Office") -> None:
    office.hears(call(1, usd="1"))
    for usd, what in (("150", "servers"), ("-50", "servers, corrected")):
        office.client.post("/budgets/infrastructure/entries", {"usd": usd, "what": what, "by": "Ada Berg"})
        office.clock.advance(1.0)  # costs entered at one instant stand in no order
    table = office.get("/costs", until="2026-11-28")
    assert [(one["budget"], one["usd"], one["what"]) for one in table["entered"]] == [
        ("infrastructure", "150", "servers"),
        ("infrastructure", "-50", "servers, corrected"),
    ]
    assert (table["entered_usd"], table["total"]["cost_usd"], table["all_usd"]) == ("100", "1", "101")
    assert office.get("/costs", workload="stock-research", until="today")["entered"] == []
    assert office.get("/costs", since="2026-10", until="2026-10")["all_usd"] is None


@pytest.mark.requirement("FA-72")
def test_a_stock_and_a_query_have_a_cost_and_a_trend(office: "Office") -> None:
    office.hears(
        call(1, item_id="ACME", usd="0.25"),
        call(2, item_id="ACME", usd="0.25"),
        call(3, item_id="INIT", usd="0.30"),
        call(4, item_id="ACME", usd="0.10", ago=DAY),
        call(5, usd="0.06"),  # answers queries: it belongs to no stock
        call(6, usd="0.04", workload="unasked"),
        queries=tuple(
            QueryRecord(
                query_id=f"q{at}", workload="stock-research", ts_ns=ns_of(NOON - HOUR), latency_ms=900.0
            )
            for at in range(3)
        ),
    )
    stock, query = office.get("/costs/units", since="2026-11-27")["units"]
    assert (stock["workload"], stock["unit"], stock["units"], stock["usd_per_unit"]) == (
        "stock-research",
        "stock",
        2,
        "0.45",
    )
    assert [(one["day"], one["units"], one["usd_per_unit"]) for one in stock["trend"]] == [
        ("2026-11-27", 1, "0.1"),
        ("2026-11-28", 2, "0.4"),
    ]
    assert (query["unit"], query["units"], query["usd_per_unit"]) == ("query", 3, "0.02")
    assert query["trend"][0] == {
        "day": "2026-11-27",
        "units": 0,
        "cost_usd": None,
        "usd_per_unit": None,
        "at_least_usd_per_unit": None,
    }
    table = office.get("/costs", by="day", since="2026-11", until="2026-11")
    assert (table["rows"][-3]["cost_usd"], table["total"]["cost_usd"]) == ("0.9", "1")


def test_a_unit_with_a_call_of_unknown_cost_has_only_a_least_cost(office: "Office") -> None:
    office.hears(
        call(1, item_id="ACME", usd="0.2"),
        call(2, item_id="ACME", usd=None),
        call(3, item_id="X", usd=None, workload="w"),
    )
    stock, other = office.get("/costs/units")["units"]
    assert (stock["usd_per_unit"], stock["at_least_usd_per_unit"], stock["unknown_calls"]) == (None, "0.2", 1)
    assert (other["unit"], other["usd_per_unit"], other["at_least_usd_per_unit"]) == ("item", None, None)


def test_the_month_is_forecast_with_its_range_or_is_no_data(office: "Office") -> None:
    assert office.get("/costs/forecast")["forecast_usd"] is None
    office.hears(*(call(at, usd="2", ago=at * DAY) for at in range(11)))
    told = office.get("/costs/forecast")
    # Eleven days of 2 USD, and two more of November to come.
    assert (told["month"], told["spent_usd"], told["forecast_usd"]) == ("2026-11", "22", "26.00")
    assert (told["method"], told["history_days"]) == ("run rate", 10)
    assert office.get("/costs/forecast", workload="other")["forecast_usd"] is None


@pytest.mark.requirement("FA-13")
def test_a_months_review_has_budgets_models_units_and_days(office: "Office") -> None:
    office.hears(
        call(1, usd="3", item_id="ACME", ago=30 * DAY),
        call(2, usd="1", item_id="ACME", model="small", ago=31 * DAY),
        call(3, usd="7"),
    )
    office.client.post("/budgets/infrastructure/entries", {"usd": "20", "what": "servers"})
    november = office.get("/costs/months/2026-11")
    october = office.get("/costs/months/2026-10")
    assert (november["complete"], october["complete"]) == (False, True)
    assert {one["budget"]: (one["limit_usd"], one["spent_usd"]) for one in november["budgets"]} == {
        "total": ("2000", "20"),
        "batch": ("1200", "0"),
        "infrastructure": ("200", "20"),
    }
    assert [(row["group"]["model"], row["call_share"]) for row in october["models"]["rows"]] == [
        ("large", 0.5),
        ("small", 0.5),
    ]
    assert october["units"][0]["usd_per_unit"] == "4"
    assert len(october["days"]) == 31
    assert october["forecast"]["forecast_usd"] == "4"
    for bad in ("2026-12", "2026", "2026-13"):
        with pytest.raises(InvalidInputError):
            office.get(f"/costs/months/{bad}")


def test_an_item_worked_on_on_two_days_is_one_of_each_and_one_in_all(office: "Office") -> None:
    ago = (HOUR, HOUR * 2, HOUR * 26)
    office.hears(*(call(at, item_id="item 1", ago=each) for at, each in enumerate(ago)))
    (unit,) = office.get("/costs/units")["units"]
    assert (unit["units"], unit["calls"], unit["usd_per_unit"]) == (1, 3, "0.03")
    assert [day["units"] for day in unit["trend"] if day["units"]] == [1, 1]
