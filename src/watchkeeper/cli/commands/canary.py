"""`wk canary`: the canary suite of a workload."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.known_workload import require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.evaluation.canaries import all_green
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
    ctx: typer.Context,
    workload: Annotated[str, typer.Argument(help="The workload's id.")],
    as_json: JsonOption = False,
) -> None:
    """Read the canary documents with the real readers; exits with 1 unless every check passes."""
    call = invoked(ctx, as_json=as_json)
    require_annual_reports(workload, "canary suite")
    with connect(call) as client:
        checked = check_canaries(worker_setup(call.settings, call.data_dir), client)
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
    else:
        print_table(
            ["document", "field", "expected", "got", "verdict", "reason"],
            [[one.document, one.field, one.expected, one.got, one.verdict, one.reason] for one in lines],
        )
        passed = sum(one.verdict == "pass" for one in lines)
        print_line(f"{passed} of {len(lines)} pass: {'green' if green else 'RED'}")
    raise typer.Exit(0 if green else 1)
