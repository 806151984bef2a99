"""A month in a row of cards: what it has cost, where it will end and how that was reckoned, its budgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from watchkeeper.web import printed
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.code_spans import told_html
from watchkeeper.web.words import Said


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget as a card."""

    name: str
    used: str
    note: str


def budget_line(one: Mapping[str, Any], name: str) -> BudgetLine:
    """A budget of the API under a name."""
    spent, limit = printed.usd(one["spent_usd"]), printed.usd(one["limit_usd"])
    unpriced = one["unpriced_calls"]
    unknown = f"; ▲ {unpriced} calls of unknown price are not in it" if unpriced else ""
    return BudgetLine(name, f"{one['used_percent']} %", f"{spent} of {limit} spent{unknown}")


def month_cards(forecast: Mapping[str, Any], budgets: Sequence[BudgetLine]) -> None:
    """The month's cards."""
    unknown = forecast["unknown_calls"]
    with card_row("month-cards"):
        figure_card(
            "month to date",
            printed.usd(forecast["spent_usd"]),
            word=Said("▲", "wk-watch") if unknown else None,
            note=f"{unknown} calls of unknown price are not in it" if unknown else "every price is known",
        )
        expected, low, high = forecast["forecast_usd"], forecast["low_usd"], forecast["high_usd"]
        figure_card(
            "forecast to month end",
            None if expected is None else printed.usd(expected),
            note=forecast["how"],
        )
        figure_card(
            "likely between",
            None if low is None or high is None else f"{printed.usd(low)} and {printed.usd(high)}",
            note="nine months in ten",
        )
        for one in budgets:
            figure_card(f"budget {one.name}", one.used, note=one.note)
    if not budgets:
        none = told_html("no budget is set: add some under `budgets` in the settings")
        ui.html(none, sanitize=False).classes("wk-note")
