"""Two evaluation runs over the same items: how far apart they are, how surely, and which items changed."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed
from watchkeeper.web.evaluation_told import (
    PATH,
    answer,
    comparison_address,
    interval,
    run_address,
    share,
    verdict,
)
from watchkeeper.web.frame import heading, page_frame, section, tell_failure, trail
from watchkeeper.web.tables import Cell, Column, Row, known, said, table

_RUNS = (Column(""), Column("run"), Column("answered by"), Column("over"), Column("kept at"), Column("by"))
_SCORERS = (
    Column("scorer"),
    Column("verdict"),
    Column("pairs", number=True),
    Column("only in one", number=True),
    Column("before", number=True),
    Column("after", number=True),
    Column("difference", number=True),
    Column("95 % interval", number=True),
    Column("p", number=True),
)
_MOVED = (
    Column("item"),
    Column("before", number=True),
    Column("after", number=True),
    Column("change", number=True),
    Column("answered before"),
    Column("answered after"),
)
_LEAST_P = 0.001


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH + "/comparison")
    async def evaluation_comparison_page(request: Request) -> None:
        query = request.query_params
        before, after = query.get("before", ""), query.get("after", "")
        with page_frame("Evaluation", at=PATH):
            trail(("Evaluation", PATH), ("two runs", None))
            heading("Two runs compared")
            try:
                found = await client.get("/evaluation/comparison", {"before": before, "after": after})
            except WatchkeeperError as error:
                tell_failure(error)
                return
            rows = [_run(name, found[name], timezone) for name in ("before", "after")]
            table(_RUNS, rows, mark="runs", empty="")
            turned = addresses.link_html("the other way round", comparison_address(after, before))
            ui.html(turned, sanitize=False).classes("wk-note")
            section("Scorers", "the second run less the first, item by item")
            table(_SCORERS, [_scorer(one) for one in found["scorers"]], mark="scorers", empty="")
            answers = {one["item"]: one for one in found["changed"]}
            for one in found["scorers"]:
                if one["moved"]:
                    _moved(one, answers)


def _run(name: str, run: Mapping[str, Any], timezone: str) -> Row:
    summary = run["summary"]
    return Row(
        (
            Cell(name),
            Cell(run["run_id"], link=run_address(run["run_id"])),
            Cell(summary["target"] or "given answers"),
            Cell(summary["dataset"]),
            Cell(printed.instant(run["kept_at"], timezone), css="wk-word"),
            Cell(run["kept_by"]),
        )
    )


def _scorer(one: Mapping[str, Any]) -> Row:
    difference, p_value = one["difference"], one["p_value"]
    return Row(
        (
            Cell(one["scorer"]),
            said(verdict(one["verdict"])),
            Cell(str(one["pairs"])),
            Cell(str(one["unpaired"]), css="wk-watch" if one["unpaired"] else ""),
            known(None if one["before"] is None else share(one["before"])),
            known(None if one["after"] is None else share(one["after"])),
            known(None if difference is None else f"{difference['mean']:+.3f}"),
            known(None if difference is None else interval(difference, signed=True)),
            known(None if p_value is None else _p(p_value)),
        )
    )


def _p(value: float) -> str:
    return f"< {_LEAST_P}" if value < _LEAST_P else f"{value:.3f}"


def _moved(one: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    section(f"Items that changed, by {one['scorer']}", "the furthest apart first, 20 at most")
    rows = [
        Row(
            (
                Cell(moved["item"]),
                Cell(share(moved["before"])),
                Cell(share(moved["after"])),
                Cell(
                    f"{moved['after'] - moved['before']:+.3f}",
                    css="wk-good" if moved["after"] > moved["before"] else "wk-intervene",
                ),
                *(answer(answers[moved["item"]][when][0]) for when in ("before", "after")),
            )
        )
        for moved in one["moved"]
    ]
    table(_MOVED, rows, mark=f"moved-{one['scorer']}", empty="")
