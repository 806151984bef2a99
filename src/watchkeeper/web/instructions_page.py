"""Instructions of agents, version by version, and what changed from any version to any other."""

import difflib
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import yaml
from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.percent_text import percent_text
from watchkeeper.web import addresses, printed
from watchkeeper.web.control_form import ControlForm, Field
from watchkeeper.web.frame import heading, page_frame, section, tell, tell_failure, trail
from watchkeeper.web.tables import Cell, Column, Row, known, table

PATH = "/coaching/instructions"
WORKLOAD = "annual-reports"
_WIDTH = 100
_AROUND = 2
"""Lines that did not change, around those that did."""
_VERSIONS = (
    Column("version", number=True),
    Column("accuracy", number=True),
    Column("why"),
    Column("strategy"),
    Column("by"),
    Column("made at"),
    Column("from", number=True),
)


def version_address(agent: str, before: int | None, after: int) -> str:
    """The page with what one version changed in another."""
    return addresses.with_query(PATH, agent=agent, before=before, after=after)


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH)
    async def instructions_page(request: Request) -> None:
        query = request.query_params
        with page_frame("Instructions", at="/coaching"):
            trail(("Coaching", "/coaching"), ("Instructions", None))
            heading("Instructions")
            try:
                found = await client.get(f"/coaching/{WORKLOAD}/instructions")
            except WatchkeeperError as error:
                tell_failure(error)
                return
            agents = sorted({one["agent"] for one in found})
            if not agents:
                section("None yet", "agents have the instructions that ship")
                return
            agent = query.get("agent") or agents[0]
            versions = {one["version"]: one for one in found if one["agent"] == agent}
            before, after = _chosen(query, versions)
            _form(agents, agent, sorted(versions, reverse=True), (before, after))
            if not versions:
                tell(f"{agent} has no version", "choose another agent")
                return
            _difference(versions, before, after)
            section(
                "Versions", f"of {agent}, the newest first, which is in use; each leads to what it changed"
            )
            rows = [_version(one, timezone) for _, one in sorted(versions.items(), reverse=True)]
            table(_VERSIONS, rows, mark="versions", empty="")


def _chosen(query: Mapping[str, str], versions: Mapping[int, Any]) -> tuple[int | None, int | None]:
    """The versions meant: those of the address, else the newest against the one it came from."""
    newest = max(versions, default=None)
    after = _number(query.get("after", ""), newest)
    parent = None if after is None or after not in versions else versions[after]["parent"]
    return _number(query.get("before", ""), parent), after


def _number(word: str, usual: int | None) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else usual


def _form(
    agents: Sequence[str], agent: str, versions: Sequence[int], shown: tuple[int | None, int | None]
) -> None:
    numbers = [("", "the one before"), *((str(one), str(one)) for one in versions)]
    fields = (
        Field(name="agent", label="agent", kind="select", choices=[(one, one) for one in agents]),
        Field(name="before", label="from version", kind="select", choices=numbers),
        Field(name="after", label="to version", kind="select", choices=numbers[1:]),
    )
    before, after = shown
    chosen = {"agent": agent, "before": str(before or ""), "after": str(after or "")}
    ControlForm(PATH, fields, chosen, time=None).build(kept=())


def _difference(versions: Mapping[int, Mapping[str, Any]], before: int | None, after: int | None) -> None:
    if after is None or after not in versions or (before is not None and before not in versions):
        tell(f"there is no version {after if after not in versions else before}", "choose others")
        return
    if before is None:
        section(f"Version {after}", "the first: it came from no other")
        ui.html(_lines_html([f" {line}" for line in _text(versions[after])]), sanitize=False).classes(
            "wk-sheet"
        )
        return
    section(f"From version {before} to version {after}", "− was taken out, + was put in")
    lines = list(
        difflib.unified_diff(_text(versions[before]), _text(versions[after]), lineterm="", n=_AROUND)
    )[2:]
    if not lines:
        ui.html('<div class="wk-empty">they say the same</div>', sanitize=False).classes("wk-sheet")
        return
    ui.html(_lines_html(lines), sanitize=False).classes("wk-sheet").props('id="difference"')


def _lines_html(lines: Sequence[str]) -> str:
    """Lines of a difference, those put in and taken out each with its sign and colour."""
    told = []
    for line in lines:
        sign, text = line[:1], line[1:]
        if sign == "@":
            told.append('<span class="wk-none">⋯</span>')
            continue
        css, shown = {"+": ("wk-put-in", "+"), "-": ("wk-taken-out", "−")}.get(sign, ("", " "))
        told.append(f'<span class="{css}">{shown} {escape(text)}</span>')
    return f'<pre class="wk-difference">{chr(10).join(told)}</pre>'


def _text(version: Mapping[str, Any]) -> list[str]:
    # YAML has no comma after the last member but one: a line more is one line put in.
    said = yaml.safe_dump(version["content"], sort_keys=False, allow_unicode=True, width=_WIDTH)
    return str(said).splitlines()


def _version(one: Mapping[str, Any], timezone: str) -> Row:
    accuracy, parent = one["accuracy"], one["parent"]
    link = version_address(one["agent"], parent, one["version"])
    return Row(
        (
            Cell(str(one["version"]), link=link),
            known(None if accuracy is None else percent_text(accuracy)),
            Cell(one["reason"], css="wk-long"),
            Cell(one["strategy"]),
            Cell(one["author"]),
            Cell(printed.instant(one["created_at"], timezone), css="wk-word"),
            Cell("—" if parent is None else str(parent)),
        )
    )
