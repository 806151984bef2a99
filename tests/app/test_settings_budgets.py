"""Budgets in the settings: what an operator writes, and the defaults they would expect."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from watchkeeper.app.budgets import configured_budgets
from watchkeeper.app.settings import Settings
from watchkeeper.costs.budgets.budget import Budget, Refusal


def budgets(*rows: dict[str, Any]) -> tuple[Budget, ...]:
    return configured_budgets(Settings.model_validate({"budgets": list(rows)}))


def test_a_key_or_route_is_held_to_its_limit_and_a_workload_or_the_total_is_not() -> None:
    rows = [{}, {"workload": "search"}, {"route": "ask"}, {"key": "team-a"}, {"hard": True}]
    made = budgets(*({"name": f"b{n}", "limit_usd": "5", **row} for n, row in enumerate(rows)))
    assert [one.hard for one in made] == [False, False, True, True, True]


def test_the_levels_are_50_75_90_and_100_which_refuses_batches_where_they_count() -> None:
    made = budgets({"name": "total", "limit_usd": "5"}, {"name": "key", "limit_usd": 5, "key": "team-a"})
    assert [level.percent for level in made[0].levels] == [50, 75, 90, 100]
    assert made[0].levels[-1].refuses == {Refusal.BATCH}
    assert all(not level.refuses for level in made[1].levels)


def test_levels_can_be_chosen() -> None:
    levels = [{"percent": 95, "refuses": ["batch"]}, {"percent": "80.5"}]
    (made,) = budgets({"name": "total", "limit_usd": "1200.50", "levels": levels})
    assert made.limit_usd == Decimal("1200.50")
    assert [level.percent for level in made.levels] == [Decimal("80.5"), 95]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"name": "a b"}, "cannot be a budget's name"),
        ({"name": "admission"}, "cannot be a budget's name"),
        ({"workload": "w", "route": "r"}, "has `workload` and `route`"),
        ({"levels": [{"percent": 5}, {"percent": 5}]}, "has a level twice"),
        (
            {"key": "k", "levels": [{"percent": 5, "refuses": ["batch"]}]},
            "refuses batches, which it does not",
        ),
        ({"limit_usd": "0"}, "greater than 0"),
        ({"per": "week"}, "'day' or 'month'"),
    ],
)
def test_what_cannot_be_is_told(row: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        budgets({"name": "total", "limit_usd": "5", **row})


def test_two_budgets_of_one_name_are_told() -> None:
    with pytest.raises(ValidationError, match="several budgets are named total"):
        budgets({"name": "total", "limit_usd": "5"}, {"name": "total", "limit_usd": "6"})
