"""The first look: health, alerts, what runs, how calls go, and how full the machine is (HE-52, GF-06)."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from watchkeeper.domain.percent_text import percent_text
from watchkeeper.web import printed
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.words import Said

_HEALTH = {"healthy": "wk-good", "degraded": "wk-watch", "critical": "wk-intervene"}
_BANDS = ([0.5, "#dc2626"], [0.8, "#f59e0b"], [1, "#15803d"])
"""Critical below 50, degraded below 80 (HE-44)."""
_KINDS = (
    ("gpu memory", "GPU memory"),
    ("cpu", "CPU"),
    ("memory", "memory"),
    ("disk", "disk"),
    ("database connections", "database connections"),
)
"""A kind's fullest stands for it: of several devices or folders."""


def board(found: dict[str, Any], host: dict[str, Any], timezone: str) -> None:
    """The board on the page.

    Args:
        found: The answer of `/dashboard`.
        host: The answer of `/host`.
        timezone: Whose clocks.
    """
    health = found["system_health"]
    with card_row("watch"):
        if health["score"] is not None:
            _gauge(health["score"])
        figure_card(
            "health",
            None if health["score"] is None else f"{health['score']:g} of 100",
            word=Said(health["state"], _HEALTH.get(health["state"], "")),
            note=_looked(health["looked_at"], timezone),
        )
        _alerts(found["alerts"]["active"], looked=health["looked_at"] is not None)
        _calls(found["metrics"])
        _processes(found["processes"])
    with card_row("machine"):
        for kind, label in _KINDS:
            _resource(label, [one for one in host["resources"] if one["kind"] == kind])


def _looked(looked: str | None, timezone: str) -> str:
    return "the monitor has not looked yet" if looked is None else printed.instant(looked, timezone)


def _gauge(score: float) -> None:
    options = {
        "animation": False,
        "series": [
            {
                "type": "gauge",
                "min": 0,
                "max": 100,
                "radius": "95%",
                "axisLine": {"lineStyle": {"width": 10, "color": _BANDS}},
                "axisTick": {"show": False},
                "splitLine": {"length": 10},
                "axisLabel": {"show": False},
                "detail": {"fontSize": 20, "formatter": "{value}", "offsetCenter": [0, "75%"]},
                "data": [{"value": score}],
            }
        ],
    }
    with ui.element("div").classes("wk-card"):
        ui.echart(options).style("height: 110px; width: 140px").props(
            f'id="gauge" role="img" aria-label="health {score:g} of 100"'
        )


def _alerts(active: Mapping[str, int], *, looked: bool) -> None:
    # That no alert is active says nothing good while nobody looks.
    none = "wk-good" if looked else ""
    worst = "wk-intervene" if active["critical"] else "wk-watch" if active["warning"] else none
    figure_card(
        "active alerts",
        str(sum(active.values())),
        word=Said("", worst),
        note=f"{active['critical']} critical, {active['warning']} warnings, {active['info']} without data",
    )


def _calls(metrics: dict[str, Any]) -> None:
    rate, average = metrics["errors"]["error_rate"], metrics["response_times"]["avg"]
    figure_card(
        "calls that failed, 5 min",
        None if rate is None else f"{rate:.2f} %",
        note="no call" if rate is None else f"of {metrics['requests']['total']}, {average:.2f} s on average",
    )


def _processes(processes: Sequence[dict[str, Any]]) -> None:
    dead = [one["name"] for one in processes if not one["running"]]
    figure_card(
        "processes",
        f"{len(processes) - len(dead)} of {len(processes)}" if processes else None,
        word=Said("running", "wk-intervene" if dead else "wk-good"),
        note=f"not {', '.join(dead)}" if dead else "" if processes else "none is known",
    )


def _resource(label: str, found: Sequence[dict[str, Any]]) -> None:
    known = [one for one in found if one["share"] is not None]
    worst = max(known, key=lambda one: one["share"], default=None)
    if worst is None:
        figure_card(label, None, note=found[0]["state"] if found else "not read yet")
        return
    css = {"OK": "wk-good", "high": "wk-watch", "critical": "wk-intervene"}
    figure_card(
        label, percent_text(worst["share"], decimals=0), word=Said(worst["state"], css[worst["state"]])
    )
