"""`wk anomalies`: what is unusual in a series, of a file or watched by the monitor."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.changepoints.segmentation import change_points
from watchkeeper.monitoring.detectors.registry import DEFAULT, detector
from watchkeeper.monitoring.series_scan import JudgedPoint, judged_points, read_points

app = command_app("Say what is unusual in a series.", group=True)

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Alert:
    """A point worth telling somebody of."""

    timestamp: str
    value: str
    score: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What `wk anomalies scan --json` prints."""

    file: str
    detector: str
    points: int
    judged: int
    """Points with a score: enough was seen before them."""
    alerts: tuple[Alert, ...]
    output: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """Where a series changed, and from what to what."""

    index: int
    """Of the first point after the change, among those with a value."""
    timestamp: str
    before: float
    """The mean of the piece before."""
    after: float


@dataclass(frozen=True, slots=True)
class Changes:
    """What `wk anomalies changepoints --json` prints."""

    file: str
    points: int
    changes: tuple[Change, ...]


schemas: dict[str, Any] = {
    "anomalies scan": Scan,
    "anomalies changepoints": Changes,
    "anomalies watched": "watchkeeper.app.api.anomalies:WatchedSeries",
}


@app.command()
def watched(
    ctx: typer.Context,
    workload: WorkloadOption = None,
    since: Annotated[str, typer.Option(help="How far to look back.")] = "-60m",
    as_json: JsonOption = False,
) -> None:
    """List the series that are watched and what was unusual of late; exits with 1 when something was."""
    call = invoked(ctx, as_json=as_json)

    with connect(call) as client:
        found = client.get("/anomalies", {"workload": workload, "since": since})
    if call.json:
        print_json(found)
    else:
        _print_watched(found)
    raise typer.Exit(1 if any(one["told"] for one in found["series"]) else 0)


@app.command()
def scan(
    *,
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A CSV file of times and values; its header names two columns.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", help="Write timestamp,value,score,alert here.")
    ] = None,
    by: Annotated[str, typer.Option("--detector", help="How to judge.")] = DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Judge every point of a series by those before it alone; exits with 0 whatever it finds."""
    call = invoked(ctx, as_json=as_json)
    judge = detector(by, timezone=ZoneInfo(call.settings.timezone))
    with _open(file) as lines:
        points = list(judged_points(lines, judge))
    if output is not None:
        _write(output, points)
    found = Scan(
        file=str(file),
        detector=by,
        points=len(points),
        judged=sum(point.verdict.score is not None for point in points),
        alerts=tuple(_alerts(points)),
        output=None if output is None else str(output),
    )
    if call.json:
        print_json(found)
    else:
        _print(found)


@contextmanager
def _open(file: Path) -> Iterator[IO[str]]:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            yield lines
    except OSError as failure:
        raise InvalidInputError(
            f"{file} cannot be read: {failure.strerror}", action="name a CSV file"
        ) from None
    except UnicodeDecodeError:
        raise InvalidInputError(f"{file} is no text in UTF-8", action="name a CSV file") from None


@app.command()
def changepoints(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A CSV file of times and values; its header names two columns.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Say where a whole series changed its level or trend; exits with 0 whatever it finds."""
    call = invoked(ctx, as_json=as_json)
    from itertools import pairwise

    import numpy as np

    with _open(file) as lines:
        points = [point for point in read_points(lines) if point.figure is not None]
    values = np.array([point.figure for point in points], float)
    cuts = change_points(values)
    pieces = [values[start:end] for start, end in pairwise((0, *cuts, len(values)))]
    found = Changes(
        file=str(file),
        points=len(points),
        changes=tuple(
            Change(cut, points[cut].timestamp, float(before.mean()), float(after.mean()))
            for cut, (before, after) in zip(cuts, pairwise(pieces), strict=True)
        ),
    )
    if call.json:
        print_json(found)
        return
    print_line(f"{found.points} points, {len(found.changes)} changes")
    for change in found.changes:
        print_line(f"  {change.timestamp}  from about {change.before:.4g} to about {change.after:.4g}")


def _print_watched(found: dict[str, Any]) -> None:
    if not found["series"]:
        print_line("no series is watched; set some under `monitoring.anomalies.series` in the settings")
        return
    print_line(
        f"{len(found['series'])} series may make {found['false_pages_a_week']:g} false pages a week "
        f"together: a point is told from {found['told_from']:.2f} zeros on"
    )
    print_table(
        ["series", "of", "detector", "points", "learnt since", "last", "surprise"],
        [
            [
                one["series"],
                one["of"],
                one["detector"],
                one["points"],
                one["learnt_since"],
                None if one["last_value"] is None else f"{one['last_value']:.4g}",
                "learning" if one["surprise"] is None else f"{one['surprise']:.2f}",
            ]
            for one in found["series"]
        ],
    )
    for one in found["series"]:
        for point in one["told"]:
            print_line(
                f"  {point['at']}  anomaly of {one['of']} by {one['detector']}: {point['value']:.4g}, "
                f"surprise {point['surprise']:.2f}"
            )


def _alerts(points: list[JudgedPoint]) -> Iterator[Alert]:
    for point in points:
        if point.verdict.alert and point.verdict.score is not None:
            yield Alert(point.timestamp, point.value, round(point.verdict.score, 4))


def _write(output: Path, points: list[JudgedPoint]) -> None:
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(("timestamp", "value", "score", "alert"))
            for point in points:
                score = "" if point.verdict.score is None else f"{point.verdict.score:.6f}"
                rows.writerow((point.timestamp, point.value, score, int(point.verdict.alert)))
    except OSError as failure:
        raise not_writable(output, failure) from failure


def _print(found: Scan) -> None:
    print_line(
        f"{found.points} points, {found.judged} judged by {found.detector}, {len(found.alerts)} alerts"
    )
    for alert in found.alerts[:_SHOWN]:
        print_line(f"  {alert.timestamp}  {alert.value}  score {alert.score:.2f}")
    if len(found.alerts) > _SHOWN:
        print_line(f"  and {len(found.alerts) - _SHOWN} more; `--output` has them all")
