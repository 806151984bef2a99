"""`wk canary`: the canary suite of a workload."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_suite import SUITE_FILES, asked_suite
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.known_workload import require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.canaries import CheckedCanary, all_green
from watchkeeper.workloads.annual_reports.preflight_facts import check_canaries
from watchkeeper.workloads.annual_reports.worker_setup import worker_setup

app = command_app("Run a workload's canary suite.", group=True)


@dataclass(frozen=True, slots=True)
class CanaryLine:
    """One check and how it ended."""

    document: str
    field: str
    expected: str
    got: str | None
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class CanaryRun:
    """What `wk canary run --json` prints."""

    green: bool
    checks: tuple[CanaryLine, ...]


schemas: dict[str, Any] = {"canary run": CanaryRun}


@app.callback()
def _group() -> None:
    """Keep `run` a command of its own, though it is the only one."""


@app.command()
def run(
    *,
    ctx: typer.Context,
    workload: Annotated[
        str,
        typer.Argument(
            metavar="WORKLOAD|FILE", help="A workload's id, or the file of a suite that is asked."
        ),
    ],
    target: Annotated[
        str | None, typer.Option(help="Of a file: another route or target than the suite's.")
    ] = None,
    release: Annotated[
        str | None,
        typer.Option(help="Of a file: a release whose canaries these are; the verdict is its proof."),
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run canaries: a workload's own, or those of a file; exits with 1 unless every check passes."""
    call = invoked(ctx, as_json=as_json)
    if Path(workload).suffix in SUITE_FILES:
        checked = asked_suite(call, Path(workload), target=target, release=release, by=by)
    else:
        require_annual_reports(workload, "canary suite")
        _refuse_of_file(target, release)
        with connect(call) as client:
            checked = check_canaries(worker_setup(call.settings, call.data_dir), client)
    _tell(call, checked)
    raise typer.Exit(0 if all_green(checked) else 1)


def _refuse_of_file(target: str | None, release: str | None) -> None:
    if target is not None:
        raise InvalidInputError("a workload's own canaries ask no target", action="leave out --target")
    if release is not None:
        raise InvalidInputError(
            "a workload's own canaries are run for a release by another command",
            action=f"say `wk release prove {release}`",
        )


def _tell(call: Invocation, checked: Sequence[CheckedCanary]) -> None:
    lines = tuple(
        CanaryLine(
            document=one.check.document,
            field=one.check.field,
            expected=str(one.check.expected),
            got=None if one.got is None else str(one.got),
            verdict=str(one.verdict),
            reason=one.reason,
        )
        for one in checked
    )
    green = all_green(checked)
    if call.json:
        print_json(CanaryRun(green=green, checks=lines))
        return
    print_table(
        ["document", "field", "expected", "got", "verdict", "reason"],
        [[one.document, one.field, one.expected, one.got, one.verdict, one.reason] for one in lines],
    )
    passed = sum(one.verdict == "pass" for one in lines)
    print_line(f"{passed} of {len(lines)} pass: {'green' if green else 'RED'}")
