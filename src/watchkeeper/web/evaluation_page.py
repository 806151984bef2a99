"""Evaluation: the runs that are kept, each with its scores, and how good their judges are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.percent_text import percent_text
from watchkeeper.web import addresses, printed
from watchkeeper.web.control_form import ControlForm, Field
from watchkeeper.web.evaluation_told import (
    PATH,
    comparison_address,
    corrected,
    evaluation_tabs,
    interval,
    run_address,
    share,
)
from watchkeeper.web.field_value import whole_number
from watchkeeper.web.frame import heading, page_frame, section, tabs, tell_failure
from watchkeeper.web.series_chart import Line, line_chart
from watchkeeper.web.tables import Cell, Column, Row, known, table

SHOWN = 30
"""Runs on one page."""
_MEASUREMENTS = 20
_ERRED_SHOWN = 4
_FIELDS = (
    Field(name="workload", label="workload", hint="any"),
    Field(name="suite", label="suite", hint="any"),
)
_RUNS = (
    Column("suite"),
    Column("scorer"),
    Column("score", number=True),
    Column("95 % interval", number=True),
    Column("freed of the judge's errors", number=True),
    Column("items", number=True),
    Column("answers", number=True),
    Column("answered by"),
    Column("kept at"),
    Column("compared"),
)
_JUDGES = (
    Column("suite"),
    Column("judge"),
    Column("right ones passed", number=True),
    Column("95 % interval", number=True),
    Column("wrong ones failed", number=True),
    Column("95 % interval", number=True),
    Column("undecided", number=True),
    Column("unsteady", number=True),
    Column("disagrees with"),
    Column("judged wrongly"),
    Column("measured at"),
)


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH)
    async def evaluation_page(request: Request) -> None:
        query = request.query_params
        skip = whole_number(query.get("skip", ""))
        with page_frame("Evaluation", at=PATH):
            heading("Evaluation")
            evaluation_tabs(at=PATH)
            ControlForm(PATH, _FIELDS, query, time=None).build(kept=())
            workload, suite = query.get("workload") or None, query.get("suite") or None
            try:
                found = await client.get(
                    "/evaluation/runs", {"workload": workload, "name": suite, "limit": SHOWN, "skip": skip}
                )
                judges = await client.get(
                    "/evaluation/judges", {"workload": workload, "suite": suite, "limit": _MEASUREMENTS}
                )
            except WatchkeeperError as error:
                tell_failure(error)
                return
            if suite is not None:
                _course(found["runs"], timezone)
            _runs(found, timezone)
            _turning(query, skip, found["next"])
            section("Judges", "measured on answers whose truth is known; the newest first")
            table(
                _JUDGES,
                [_judge(one, timezone) for one in judges],
                mark="judges",
                empty="none was measured: `wk eval judge SUITE --golden FILE --output FILE`",
            )


def _course(runs: Sequence[Mapping[str, Any]], timezone: str) -> None:
    """A suite's scores from run to run."""
    points: dict[str, list[tuple[datetime, float | None]]] = {}
    for run in reversed(runs):
        for one in run["summary"]["scorers"]:
            mean = None if one["score"] is None else one["score"]["mean"]
            points.setdefault(one["scorer"], []).append((datetime.fromisoformat(run["started_at"]), mean))
    lines = [Line(name=name, points=sorted(found, key=lambda one: one[0])) for name, found in points.items()]
    line_chart(lines, mark="course", title="Scores from run to run", timezone=timezone, share=True)


def _runs(found: Mapping[str, Any], timezone: str) -> None:
    runs = found["runs"]
    section("Runs", "the last first; a run's page shows its items, the worst first")
    rows: list[Row] = []
    for at, run in enumerate(runs):
        before = next((one for one in runs[at + 1 :] if _comparable(one, run)), None)
        rows += _rows(run, before, timezone)
    table(_RUNS, rows, mark="runs", empty="no run is kept: `wk eval run`, or `wk eval add FILE`")


def _comparable(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    same = one["dataset_sha256"] == other["dataset_sha256"]
    return bool(same and one["summary"]["name"] == other["summary"]["name"])


def _rows(run: Mapping[str, Any], before: Mapping[str, Any] | None, timezone: str) -> list[Row]:
    """A row for each scorer; what is the run's own stands in the first."""
    summary = run["summary"]
    answers = Cell(f"▲ {summary['answers']} of {summary['expected_answers']}", css="wk-watch")
    link = None if before is None else comparison_address(before["run_id"], run["run_id"])
    own = (
        answers if run["broke_off"] else Cell(str(summary["answers"])),
        Cell(summary["target"] or "given answers"),
        Cell(printed.instant(run["kept_at"], timezone), css="wk-word", more=f"by {run['kept_by']}"),
        Cell("—", css="wk-none") if link is None else Cell("with the one before", link=link, css="wk-word"),
    )
    return [
        Row(
            (
                Cell(summary["name"], link=run_address(run["run_id"])) if number == 0 else Cell(""),
                Cell(one["scorer"], link=run_address(run["run_id"], scorer=one["scorer"])),
                known(None if one["score"] is None else share(one["score"]["mean"])),
                known(None if one["score"] is None else interval(one["score"])),
                corrected(one),
                Cell(str(one["items"])),
                *(own if number == 0 else (Cell(""),) * len(own)),
            )
        )
        for number, one in enumerate(summary["scorers"])
    ]


def _judge(one: Mapping[str, Any], timezone: str) -> Row:
    quality = one["quality"]
    confusion = quality["confusion"]
    apart = [f"{name}: {percent_text(part)}" for name, part in quality["disagrees"].items()]
    return Row(
        (
            Cell(one["suite"]),
            Cell(quality["judge"], more=f"version {quality['version']}, on {one['dataset']}"),
            _of(confusion["right_passed"], confusion["right_failed"]),
            _interval(quality["sensitivity_interval"]),
            _of(confusion["wrong_failed"], confusion["wrong_passed"]),
            _interval(quality["specificity_interval"]),
            Cell(str(quality["undecided"])),
            known(printed.percent(quality["unsteady"])),
            Cell("; ".join(apart) or "—"),
            _wrongly(quality),
            Cell(printed.instant(one["measured_at"], timezone), css="wk-word", more=f"by {one['kept_by']}"),
        )
    )


def _wrongly(quality: Mapping[str, Any]) -> Cell:
    """The golden answers to look at when a rubric is mended; earlier measurements did not name them."""
    items = quality["erred"]
    confusion = quality["confusion"]
    if not items and confusion["right_failed"] + confusion["wrong_passed"]:
        return known(None)
    more = f" and {len(items) - _ERRED_SHOWN} more" if len(items) > _ERRED_SHOWN else ""
    shown = ", ".join(items[:_ERRED_SHOWN]) + more
    return Cell(shown or "none", css="wk-long", more=", ".join(items) if more else "")


def _of(hits: int, misses: int) -> Cell:
    return known(f"{hits} of {hits + misses}" if hits + misses else None)


def _interval(found: Mapping[str, float] | None) -> Cell:
    return known(None if found is None else f"{100 * found['low']:.0f} to {100 * found['high']:.0f} %")


def _turning(query: Mapping[str, str], skip: int, following: int | None) -> None:
    chosen = {field.name: query.get(field.name) for field in _FIELDS}
    choices = []
    if skip:
        choices.append(
            ("‹ later", addresses.with_query(PATH, **chosen, skip=max(0, skip - SHOWN) or None), False)
        )
    if following is not None:
        choices.append(("earlier ›", addresses.with_query(PATH, **chosen, skip=following), False))
    if choices:
        tabs(choices, mark="turning")
