"""Experiments on the releases' page: who is in which arm, how each does, and whether one has won."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from watchkeeper.releases.experiments.told import figure_told
from watchkeeper.web import printed
from watchkeeper.web.frame import section
from watchkeeper.web.tables import Cell, Column, Row, said, table
from watchkeeper.web.words import Said

_MEASURES = ("quality", "errors", "latency", "cost")
_ARMS = (
    Column("arm"),
    Column("release"),
    Column("weight", number=True),
    Column("subjects", number=True),
    Column("calls", number=True),
    *(Column(measure, number=True) for measure in _MEASURES),
)
_CONTRASTS = (
    Column("arm"),
    Column("less"),
    Column("in"),
    Column("difference", number=True),
    Column("at least", number=True),
    Column("at most", number=True),
)
_ENDED = (
    Column("experiment"),
    Column("decided by"),
    Column("from"),
    Column("to"),
    Column("winner"),
    Column("how it stood"),
    Column("stopped by"),
    Column("why"),
)


def experiments_of(
    workload: str, experiments: Sequence[dict[str, Any]], stories: dict[str, Any], timezone: str
) -> None:
    """The experiments of one workload: those that run whole, the others in a line each."""
    for one in experiments:
        if one["running"]:
            _running(one, stories[one["name"]]["verdict"], timezone)
    ended = [one for one in experiments if not one["running"]]
    if ended:
        section("Experiments that ended", "the newest first")
        rows = [_ended(one, timezone) for one in reversed(ended)]
        table(_ENDED, rows, mark=f"experiments-{workload}", empty="none")


def tell_of_running(experiments: Sequence[dict[str, Any]]) -> None:
    """Say that experiments take subjects first: the shares of releases are of the others."""
    running = [f"{one['name']} ({one['percent']:g} %)" for one in experiments if one["running"]]
    if running:
        ui.label(f"Experiments take their subjects before that: {', '.join(running)}.").classes("wk-note")


def _running(one: dict[str, Any], verdict: dict[str, Any], timezone: str) -> None:
    since = printed.instant(one["started_at"], timezone)
    section(
        f"Experiment {one['name']}",
        f"on {one['percent']:g} % of subjects since {since}, by {one['started_by']}: {one['reason']}."
        f" {_metric(one)} decides: {verdict['told']}",
    )
    figures = {(figure["arm"], figure["measure"]): figure for figure in verdict["figures"]}
    counts = {count["arm"]: count for count in verdict["counts"]}
    names = {arm["name"]: _named(arm["name"], one["control"], verdict["winner"]) for arm in one["arms"]}
    rows = [_arm(names[arm["name"]], arm, counts[arm["name"]], figures) for arm in one["arms"]]
    table(_ARMS, rows, mark=f"experiment-{one['name']}", empty="no arm")
    contrasts = [_contrast(contrast) for contrast in verdict["contrasts"]]
    if contrasts:
        table(_CONTRASTS, contrasts, mark=f"contrasts-{one['name']}", empty="nothing is compared")


def _named(name: str, control: str, winner: str | None) -> Cell:
    told = f"{name} (control)" if name == control else name
    return said(Said(f"✓ {told} wins", "wk-good")) if name == winner else Cell(told)


def _arm(name: Cell, arm: dict[str, Any], count: dict[str, Any], figures: Any) -> Row:
    return Row(
        (
            name,
            Cell(arm["release_id"]),
            Cell(f"{arm['share'] / 100:g} %"),
            Cell(str(count["subjects"])),
            Cell(str(count["calls"])),
            *(
                Cell(figure_told(figures[arm["name"], measure], none=printed.NO_DATA))
                for measure in _MEASURES
            ),
        )
    )


def _contrast(one: dict[str, Any]) -> Row:
    return Row(
        (
            Cell(one["arm"]),
            Cell(one["other"]),
            Cell(one["measure"]),
            *(Cell(f"{one[name]:+.1%}") for name in ("difference", "low", "high")),
        )
    )


def _ended(one: dict[str, Any], timezone: str) -> Row:
    stop = one["stop"]
    return Row(
        (
            Cell(one["name"], more=one["reason"]),
            Cell(_metric(one)),
            Cell(printed.instant(one["started_at"], timezone)),
            Cell(printed.instant(stop["at"], timezone)),
            Cell(stop["winner"] or "none"),
            Cell(stop["told"] or "nobody looked"),
            Cell(stop["by"]),
            Cell(stop["reason"]),
        )
    )


def _metric(one: dict[str, Any]) -> str:
    return str(one["evaluation"] if one["metric"] == "quality" else one["metric"])
