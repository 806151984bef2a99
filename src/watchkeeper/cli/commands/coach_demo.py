"""`wk coach demo`: the proof that coaching helps, on reports it was not coached on."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.commands.coach_reports import LabelsOption, ReportsOption
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.domain.errors import InvalidInputError

DEMO_REPORTS = 19
"""Generated reports the demo coaches and measures on where no folder is named."""


def demo(
    *,
    ctx: typer.Context,
    reports: ReportsOption = None,
    labels: LabelsOption = None,
    splits: Annotated[int, typer.Option(min=1, max=1000, help="Random splits.")] = 10,
    coach_on: Annotated[
        int, typer.Option(min=1, help="Reports coached on in each; the others measure.")
    ] = 10,
    seed: Annotated[int, typer.Option(help="The first split's seed; each next one is one more.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Coach from bare labels on some reports, measure on the others; exits with 1 short of its aims.

    Without a folder it generates reports of invented associations.
    """
    call = invoked(ctx, as_json=as_json)
    with tempfile.TemporaryDirectory(prefix="wk-coach-") as scratch:
        if reports is None or labels is None:
            reports, labels = _generated(Path(scratch))
        figures = _demo(call, reports, labels, splits=splits, coach_on=coach_on, seed=seed)
    if call.json:
        print_json({**asdict(figures), "reached": figures.reached})
    else:
        print_line(
            f"over {len(figures.splits)} splits: {100 * figures.rise:+.1f} points over bare labels "
            f"(15 wanted), {100 * figures.behind_shipped:.1f} behind the shipped instructions (3 at most)"
        )
    raise typer.Exit(0 if figures.reached else 1)


def _demo(call: Invocation, reports: Path, labels: Path, *, splits: int, coach_on: int, seed: int) -> Any:
    from watchkeeper.cli.commands.documents import files_in
    from watchkeeper.workloads.annual_reports.coaching import demo as proof
    from watchkeeper.workloads.annual_reports.coaching.report_folder import open_folder, report_opener
    from watchkeeper.workloads.annual_reports.scoring import load_labels

    folder = open_folder(
        files_in([reports]), load_labels(labels), report_opener(call.settings, call.data_dir)
    )
    count = len(folder.reports) + len(folder.unread)
    if coach_on >= count:
        raise InvalidInputError(
            f"of {count} reports {coach_on} cannot be coached on and some be left to measure on",
            action="give a smaller --coach-on, or more reports",
        )

    def tell(split: proof.Split) -> None:
        if not call.json:
            print_line(
                f"split {split.seed}: coached on {split.coached_on}, measured on {split.measured_on}: "
                f"bare {percent(split.bare)}, coached {percent(split.coached)}, "
                f"shipped {percent(split.shipped)}"
            )

    if folder.unread and not call.json:
        print_line(f"{len(folder.unread)} cannot be read here: they teach nothing and are not measured")
    seeds = range(seed, seed + splits)
    return proof.figures(
        list(
            proof.splits(
                folder.reports, coach_on=coach_on, seeds=seeds, unreadable=len(folder.unread), told=tell
            )
        )
    )


def _generated(folder: Path) -> tuple[Path, Path]:
    from watchkeeper.workloads.annual_reports.samples.book import write_samples

    write_samples(folder, range(1, DEMO_REPORTS + 1))
    return folder, folder / "labels.json"
