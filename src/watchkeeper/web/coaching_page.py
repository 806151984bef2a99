"""Coaching: accuracy, phases, how agents stand, strategies in their order, versions of instructions."""

import difflib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.coaching.figures import BY_TRUTH
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.frame import heading, page_frame, section, tell_failure
from watchkeeper.web.series_chart import Line, line_chart
from watchkeeper.web.tables import Cell, Column, Row, said, table
from watchkeeper.web.words import Said

WORKLOAD = "annual-reports"
REFRESH_S = 30.0
_HOURS = 24 * 90
_CHANGED_SHOWN = 40
"""Lines of a version's changes; the rest is told by `wk coach history`."""
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
_VERSIONS = (
    Column("agent"),
    Column("version", number=True),
    Column("from", number=True),
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


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/coaching")
    async def coaching_page() -> None:
        with page_frame("Coaching", at="/coaching"):
            heading("Coaching")

            @ui.refreshable
            async def content() -> None:
                base, hours = f"/coaching/{WORKLOAD}", {"hours": _HOURS}
                try:
                    rounds = await client.get(f"{base}/rounds", hours)
                    phases = await client.get(f"{base}/phases", hours)
                    agents = await client.get(f"{base}/agents", hours)
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
                _progress(rounds, timezone)
                section("Phases")
                table(_PHASES, list(map(_phase, phases)), mark="phases", empty="nothing was coached yet")
                section("Agents", "the weakest first")
                table(_AGENTS, list(map(_agent, agents)), mark="agents", empty="no agent was coached yet")
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


def _state(switch: Mapping[str, Any], status: Mapping[str, Any]) -> None:
    phase = status["phase"]
    told = f"phase {phase['number']}, {phase['name']}; {status['golden_examples']} golden examples"
    if not switch["enabled"]:
        last = switch["switch"]
        told += f"; stopped by {last['given_by']}: {last['reason']}"
    section("Now", told)


def _progress(rounds: Sequence[Mapping[str, Any]], timezone: str) -> None:
    """The last round of each session by truth, in the order of time: what accuracy coaching came to."""
    last: dict[str, Mapping[str, Any]] = {}
    for one in rounds:
        if one["basis"] == BY_TRUTH:
            last[one["session_id"]] = one
    points = [(datetime.fromisoformat(one["created_at"]), float(one["accuracy"])) for one in last.values()]
    line_chart(
        [Line(name="accuracy", points=sorted(points))],
        mark="accuracy",
        title="Accuracy at the end of each session on labelled documents",
        timezone=timezone,
        share=True,
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
            Cell(one["strategies"]),
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
    section("Instructions", f"{len(versions)} versions, the newest first; each with what it changed")
    newest = sorted(versions, key=lambda one: (one["created_at"], one["version"]), reverse=True)[:_MOST_ROWS]
    table(
        _VERSIONS,
        [_version(one, timezone) for one in newest],
        mark="versions",
        empty="none was coached: agents have the instructions that ship",
    )
    texts = {(one["agent"], one["version"]): _text(one) for one in versions}
    for one in newest:
        parent = texts.get((one["agent"], one["parent"]))
        if parent is None:
            continue
        lines = _changes(parent, _text(one))
        title = escape(f"{one['agent']} {one['parent']} → {one['version']}")
        ui.html(
            f"<details><summary>{title}</summary><pre>{escape(chr(10).join(lines))}</pre></details>",
            sanitize=False,
        ).classes("wk")


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
            Cell(printed.instant(one["created_at"], timezone)),
        )
    )


def _version(one: Mapping[str, Any], timezone: str) -> Row:
    accuracy = one["accuracy"]
    return Row(
        (
            Cell(one["agent"]),
            Cell(str(one["version"])),
            Cell("—" if one["parent"] is None else str(one["parent"])),
            Cell(printed.instant(one["created_at"], timezone)),
            Cell(one["author"]),
            Cell(one["strategy"]),
            Cell(printed.NO_DATA if accuracy is None else _percent(accuracy)),
            Cell(one["reason"]),
        )
    )


def _text(version: Mapping[str, Any]) -> str:
    return json.dumps(version["content"], indent=1, ensure_ascii=False)


def _changes(before: str, after: str) -> list[str]:
    found = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        if line[:2] not in ("--", "++", "@@")
    ]
    more = len(found) - _CHANGED_SHOWN
    return [*found[:_CHANGED_SHOWN], *([f"… and {more} lines more"] if more > 0 else [])]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
