"""Coaching: accuracy, phases, how agents stand, strategies in their order, versions of instructions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.percent_text import percent_text
from watchkeeper.web import addresses, printed
from watchkeeper.web.coached_chart import coached_chart
from watchkeeper.web.coaching_hours import HOURS, hours_section
from watchkeeper.web.frame import heading, page_frame, section, tabs, tell_failure
from watchkeeper.web.golden_form import golden_form
from watchkeeper.web.instructions_page import PATH as INSTRUCTIONS
from watchkeeper.web.instructions_page import version_address
from watchkeeper.web.series_chart import Line, line_chart
from watchkeeper.web.tables import Cell, Column, Row, said, table
from watchkeeper.web.words import Said

WORKLOAD = "annual-reports"
REFRESH_S = 30.0
_HOURS = 24 * 90
_TREND_HOURS = 24 * 7
_TREND_LINES = 4
"""Agents drawn where none is chosen: the weakest."""
_PHASES = (
    Column("phase"),
    Column("documents", number=True),
    Column("without labels", number=True),
    Column("start", number=True),
    Column("end", number=True),
    Column("gain", number=True),
    Column("target", number=True),
    Column("as expected"),
)
_AGENTS = (
    Column("agent"),
    Column("documents", number=True),
    Column("without labels", number=True),
    Column("average", number=True),
    Column("best", number=True),
    Column("state"),
)
_RUNS = (
    Column("run"),
    Column("agent"),
    Column("rounds", number=True),
    Column("without labels", number=True),
    Column("average", number=True),
    Column("best", number=True),
    Column("strategies"),
)
_STRATEGIES = (Column("strategy"), Column("used", number=True), Column("gain of the next round", number=True))
_TREND = (
    Column("day"),
    Column("agent"),
    Column("documents", number=True),
    Column("without labels", number=True),
    Column("average", number=True),
    Column("best", number=True),
)
_VERSIONS = (
    Column("agent"),
    Column("version", number=True),
    Column("made at"),
    Column("by"),
    Column("strategy"),
    Column("accuracy", number=True),
    Column("why"),
)
_GOLDEN = (
    Column("agent"),
    Column("document"),
    Column("accuracy", number=True),
    Column("instructions"),
    Column("verified by"),
    Column("counts"),
    Column("since"),
)
_MOST_ROWS = 50
_VERSIONS_SHOWN = 15


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/coaching")
    async def coaching_page(request: Request) -> None:
        chosen = request.query_params.get("agent") or None
        with page_frame("Coaching", at="/coaching"):
            heading("Coaching")

            @ui.refreshable
            async def content() -> None:
                base, hours = f"/coaching/{WORKLOAD}", {"hours": _HOURS}
                try:
                    documents = await client.get(f"{base}/documents", hours)
                    phases = await client.get(f"{base}/phases", hours)
                    agents = await client.get(f"{base}/agents", hours)
                    days = await client.get(f"{base}/trends", {"hours": _TREND_HOURS})
                    by_hour = await client.get(f"{base}/hours", {"hours": HOURS})
                    runs = await client.get(f"{base}/sessions", hours)
                    strategies = await client.get(f"{base}/strategies", hours)
                    versions = await client.get(f"{base}/instructions")
                    golden = await client.get(f"{base}/golden")
                    switch = await client.get(f"{base}/switch")
                    status = await client.get("/status", {"workload": WORKLOAD})
                except WatchkeeperError as error:
                    tell_failure(error)
                    return
                _state(switch, status)
                coached_chart(documents)
                hours_section(by_hour, timezone)
                section("Phases")
                table(_PHASES, list(map(_phase, phases)), mark="phases", empty="nothing was coached yet")
                section("Agents", "the weakest first")
                table(_AGENTS, list(map(_agent, agents)), mark="agents", empty="no agent was coached yet")
                _trend(days, agents, chosen, timezone)
                section("Strategies in their order", "the newest run first")
                rows = [_run(one) for one in runs[:_MOST_ROWS]]
                table(
                    _RUNS, rows, mark="runs", empty="no session yet: `wk run annual-reports --next 1 --coach`"
                )
                section("Strategies")
                table(_STRATEGIES, list(map(_strategy, strategies)), mark="strategies", empty="none was used")
                section("Golden examples", f"{sum(one['active'] for one in golden)} count")
                rows = [_golden(one, timezone) for one in golden[:_MOST_ROWS]]
                table(_GOLDEN, rows, mark="golden", empty="no answer was 95 % right by its labels yet")
                _versions(versions, timezone)

            await content()
            ui.timer(REFRESH_S, content.refresh, immediate=False)
            # Outside of what is drawn anew: nobody's name is wiped while it is written.
            await _word_on_golden(client, content.refresh)


async def _word_on_golden(client: AsyncApiClient, drawn_anew: Callable[[], Awaitable[None]]) -> None:
    """The form for a golden example somebody looked at; not there while there is none."""
    try:
        examples = await client.get(f"/coaching/{WORKLOAD}/golden")
    except WatchkeeperError:
        return  # the page has told it already
    if examples:
        section("Your word on a golden example", "who looked, and whether it is right, is kept with it")
        golden_form(WORKLOAD, examples, drawn_anew)


def _state(switch: Mapping[str, Any], status: Mapping[str, Any]) -> None:
    phase = status["phase"]
    left = "" if phase["left"] is None else f", {phase['left']} left in it"
    gap = "" if phase["gap"] is None else f" ({100 * phase['gap']:.1f} points to go)"
    told = (
        f"phase {phase['number']}, {phase['name']}{left}; target {_percent(phase['target'])}{gap}; "
        f"{status['golden_examples']} golden examples"
    )
    if not switch["enabled"]:
        last = switch["switch"]
        told += f"; stopped by {last['given_by']}: {last['reason']}"
    section("Now", told)
    learned = f"{phase['documents']}/{phase['of']} documents"
    with ui.linear_progress(
        value=min(1.0, phase["documents"] / phase["of"]), show_value=False, size="1.2rem"
    ):
        ui.label(learned).classes("absolute-center text-caption").props("id=learned")


def _trend(
    days: Sequence[Mapping[str, Any]],
    agents: Sequence[Mapping[str, Any]],
    chosen: str | None,
    timezone: str,
) -> None:
    """Each agent from day to day: the one the address names, else the weakest drawn and all told."""
    section("Trend of agents", "the last 7 days, the newest first")
    names = [one["agent"] for one in agents]
    choices = [("all", "/coaching", chosen is None)]
    choices += [(one, addresses.with_query("/coaching", agent=one), one == chosen) for one in names]
    tabs(choices, mark="trend-of")
    drawn = names[:_TREND_LINES] if chosen is None else [chosen]
    told = [one for one in days if chosen in {None, one["agent"]}]
    lines = []
    for name in drawn:
        own = [one for one in reversed(days) if one["agent"] == name]
        lines.append(Line(name=name if chosen is None else "average", points=_points(own, "average")))
        if chosen is not None:
            lines.append(Line(name="best", points=_points(own, "best")))
    title = "Daily average of the weakest" if chosen is None else f"{chosen}, day by day"
    line_chart(lines, mark="trend-chart", title=title, timezone=timezone, share=True)
    rows = [_day(one) for one in told[:_MOST_ROWS]]
    table(_TREND, rows, mark="trend", empty="no agent was coached in the last 7 days")


def _points(days: Sequence[Mapping[str, Any]], figure: str) -> list[tuple[datetime, float | None]]:
    return [(datetime.fromisoformat(f"{one['day']}T12:00:00+00:00"), one[figure]) for one in days]


def _day(one: Mapping[str, Any]) -> Row:
    return Row(
        (
            Cell(one["day"], css="wk-word"),
            Cell(one["agent"]),
            Cell(str(one["documents"])),
            Cell(str(one["without_truth"])),
            Cell(_percent(one["average"])),
            Cell(_percent(one["best"])),
        )
    )


def _phase(one: Mapping[str, Any]) -> Row:
    gained = (
        Said("✕ below 15 points", "wk-intervene")
        if one["below_expected"]
        else Said("✓ 15 points or more", "wk-good")
    )
    return Row(
        (
            Cell(f"{one['phase']} {one['name']}"),
            Cell(str(one["documents"])),
            Cell(str(one["without_truth"])),
            *(Cell(_percent(one[name])) for name in ("start", "end", "gain", "target")),
            said(gained),
        )
    )


def _agent(one: Mapping[str, Any]) -> Row:
    state = Said("✓ well", "wk-good")
    if one["weak"]:
        state = Said("✕ weak", "wk-intervene")
    elif one["stuck"]:
        state = Said("▲ stuck", "wk-watch")
    return Row(
        (
            Cell(one["agent"]),
            Cell(str(one["documents"])),
            Cell(str(one["without_truth"])),
            Cell(_percent(one["average"])),
            Cell(_percent(one["best"])),
            said(state),
        )
    )


def _run(one: Mapping[str, Any]) -> Row:
    return Row(
        (
            Cell(one["run_id"]),
            Cell(one["agent"]),
            Cell(str(one["rounds"])),
            Cell(str(one["without_truth"])),
            Cell(_percent(one["average"])),
            Cell(_percent(one["best"])),
            Cell(one["strategies"], css="wk-long"),
        )
    )


def _strategy(one: Mapping[str, Any]) -> Row:
    gain = one["improvement"]
    return Row(
        (
            Cell(one["strategy"]),
            Cell(str(one["count"])),
            Cell(printed.NO_DATA if gain is None else f"{100 * gain:+.1f} points"),
        )
    )


def _versions(versions: Sequence[Mapping[str, Any]], timezone: str) -> None:
    section("Instructions", f"{len(versions)} versions; the newest first")
    tabs([("every version, and what it changed", INSTRUCTIONS, False)], mark="instructions")
    newest = sorted(versions, key=lambda one: (one["created_at"], one["version"]), reverse=True)
    table(
        _VERSIONS,
        [_version(one, timezone) for one in newest[:_VERSIONS_SHOWN]],
        mark="versions",
        empty="none was coached: agents have the instructions that ship",
    )


def _golden(one: Mapping[str, Any], timezone: str) -> Row:
    version = one["prompt_version"]
    return Row(
        (
            Cell(one["agent"]),
            Cell(one["document"]),
            Cell(_percent(one["accuracy"])),
            Cell("as it began" if version is None else f"version {version}"),
            Cell(one["verified_by"]),
            Cell("yes" if one["active"] else "no"),
            Cell(printed.instant(one["created_at"], timezone), css="wk-word"),
        )
    )


def _version(one: Mapping[str, Any], timezone: str) -> Row:
    accuracy = one["accuracy"]
    return Row(
        (
            Cell(one["agent"]),
            Cell(str(one["version"]), link=version_address(one["agent"], one["parent"], one["version"])),
            Cell(printed.instant(one["created_at"], timezone), css="wk-word"),
            Cell(one["author"]),
            Cell(one["strategy"]),
            Cell(printed.NO_DATA if accuracy is None else _percent(accuracy)),
            Cell(one["reason"], css="wk-long"),
        )
    )


def _percent(share: float) -> str:
    return percent_text(share)
