"""One evaluation run: what each scorer says of it, and its items, the worst first."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.control_form import ControlForm, Field
from watchkeeper.web.evaluation_told import (
    PATH,
    answer,
    comparison_address,
    corrected,
    interval,
    run_address,
    share,
)
from watchkeeper.web.field_value import whole_number
from watchkeeper.web.frame import heading, page_frame, section, tabs, tell_failure, trail
from watchkeeper.web.tables import Cell, Column, Row, known, table
from watchkeeper.web.words import Said

SHOWN = 25
"""Items on one page."""
_OTHERS = 10
_OUTCOMES = (
    ("", "all"),
    ("wrong", "below 1"),
    ("not checked", "not checked"),
    ("failed", "without an answer"),
    ("unsteady", "unsteady between repeats"),
)
_SCORERS = (
    Column("scorer"),
    Column("items", number=True),
    Column("score", number=True),
    Column("95 % interval", number=True),
    Column("not checked", number=True),
    Column("spread of repeats", number=True),
    Column("freed of the judge's errors", number=True),
)
_ITEMS = (
    Column("item"),
    Column("score", number=True),
    Column("answer"),
    Column("why"),
    Column("repeat", number=True),
    Column("took", number=True),
)
_COMPARED = (Column("run"), Column("answered by"), Column("kept at"))


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH + "/runs/{run_id}")
    async def evaluation_run_page(request: Request, run_id: str) -> None:
        query = request.query_params
        with page_frame("Evaluation", at=PATH):
            trail(("Evaluation", PATH), (run_id, None))
            try:
                run = await client.get(f"/evaluation/runs/{addresses.part(run_id)}")
                scorers = [one["scorer"] for one in run["summary"]["scorers"]]
                found = await client.get(
                    f"/evaluation/runs/{addresses.part(run_id)}/items",
                    {
                        "scorer": query.get("scorer") or None,
                        "outcome": query.get("outcome") or "all",
                        "limit": SHOWN,
                        "skip": whole_number(query.get("skip", "")),
                    },
                )
                others = await client.get(
                    "/evaluation/runs", {"workload": run["workload"], "name": run["summary"]["name"]}
                )
            except WatchkeeperError as error:
                tell_failure(error)
                return
            heading(run["summary"]["name"])
            _facts(run, timezone)
            section("Scorers")
            table(
                _SCORERS,
                [_scorer(run_id, one) for one in run["summary"]["scorers"]],
                mark="scorers",
                empty="none",
            )
            section("Items", f"by {found['scorer']}, the worst first; {found['total']} in all")
            fields = (
                Field(name="scorer", label="scorer", kind="select", choices=[(one, one) for one in scorers]),
                Field(name="outcome", label="which", kind="select", choices=_OUTCOMES),
            )
            chosen = {"outcome": query.get("outcome", ""), "scorer": found["scorer"]}
            ControlForm(run_address(run_id), fields, chosen, time=None).build(kept=())
            rows = [row for one in found["items"] for row in _item(one, found["scorer"])]
            table(_ITEMS, rows, mark="items", empty="no such item")
            _turning(run_id, chosen, whole_number(query.get("skip", "")), found["total"])
            _others(run, others["runs"], timezone)


def _facts(run: Mapping[str, Any], timezone: str) -> None:
    summary = run["summary"]
    took = summary["median_seconds"]
    with card_row("facts"):
        figure_card("answered by", summary["target"] or "given answers", note=f"over `{summary['dataset']}`")
        figure_card(
            "answers",
            str(summary["answers"]),
            word=Said("▲ it broke off:", "wk-watch") if run["broke_off"] else None,
            note=_wanted(run),
        )
        figure_card(
            "without an answer",
            str(summary["failed"]),
            word=Said("", "wk-intervene") if summary["failed"] else None,
            note="neither right nor wrong",
        )
        figure_card("median time", None if took is None else printed.duration(1000 * took))
        figure_card(
            "cost", None if summary["cost_usd"] is None else f"{printed.usd(summary['cost_usd'])} USD"
        )
        day, time = printed.instant(run["kept_at"], timezone).split(" ")
        figure_card("kept", f"on {day}", note=f"{time}, by {run['kept_by']}")


def _wanted(run: Mapping[str, Any]) -> str:
    repeats = f", {run['repeats']} repeats each" if run["repeats"] > 1 else ""
    if run["broke_off"]:
        return f"{run['summary']['expected_answers']} are wanted{repeats}"
    return f"{run['items']} items{repeats}" if run["items"] is not None else ""


def _scorer(run_id: str, one: Mapping[str, Any]) -> Row:
    score = one["score"]
    spread = one["repeat_spread"]
    return Row(
        (
            Cell(
                one["scorer"],
                link=run_address(run_id, scorer=one["scorer"]),
                more=f"version {one['version']}",
            ),
            Cell(str(one["items"])),
            known(None if score is None else share(score["mean"])),
            known(None if score is None else interval(score)),
            Cell(str(one["not_checked"]), css="wk-watch" if one["not_checked"] else ""),
            Cell("—", css="wk-none") if spread is None else Cell(share(spread)),
            corrected(one),
        )
    )


def _item(one: Mapping[str, Any], scorer: str) -> list[Row]:
    name = Cell(one["standing"]["item"])
    return [
        _answer(name if number == 0 else Cell(""), line, scorer) for number, line in enumerate(one["answers"])
    ]


def _answer(name: Cell, line: Mapping[str, Any], scorer: str) -> Row:
    given = line["scores"].get(scorer)
    value = None if given is None else given["value"]
    took = line["seconds"]
    return Row(
        (
            name,
            Cell("not checked", css="wk-none") if value is None else Cell(share(value), css=_css(value)),
            answer(line),
            Cell("" if given is None else given["reason"], css="wk-long"),
            Cell(str(line["repeat"])),
            known(None if took is None else printed.duration(1000 * took)),
        )
    )


def _css(value: float) -> str:
    return "wk-good" if value == 1 else "wk-intervene" if value == 0 else "wk-watch"


def _turning(run_id: str, chosen: Mapping[str, str], skip: int, total: int) -> None:
    def at(place: int) -> str:
        return run_address(run_id, **chosen, skip=str(place) if place > 0 else None)

    choices = []
    if skip:
        choices.append(("‹ worse", at(skip - SHOWN), False))
    if skip + SHOWN < total:
        choices.append(("better ›", at(skip + SHOWN), False))
    if choices:
        tabs(choices, mark="turning")


def _others(run: Mapping[str, Any], runs: Sequence[Mapping[str, Any]], timezone: str) -> None:
    """Runs over the same items, to compare with."""
    same = [
        one
        for one in runs
        if one["dataset_sha256"] == run["dataset_sha256"] and one["run_id"] != run["run_id"]
    ]
    section("Compare with", "runs of this suite over the same items; the earlier one stands first")
    rows = []
    for one in same[:_OTHERS]:
        first, second = sorted((one, run), key=lambda each: str(each["started_at"]))
        link = comparison_address(first["run_id"], second["run_id"])
        who = one["summary"]["target"] or "given answers"
        rows.append(
            Row(
                (
                    Cell(one["run_id"], link=link),
                    Cell(who),
                    Cell(printed.instant(one["kept_at"], timezone), css="wk-word"),
                )
            )
        )
    table(_COMPARED, rows, mark="others", empty="there is no other")
