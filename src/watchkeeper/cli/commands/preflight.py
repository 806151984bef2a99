"""`wk preflight`: what must hold before a production run."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.known_workload import require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.workloads.annual_reports.preflight import Check, marking
from watchkeeper.workloads.annual_reports.preflight_facts import run_preflight
from watchkeeper.workloads.annual_reports.worker_setup import worker_setup

app = command_app("")


@dataclass(frozen=True, slots=True)
class PreflightCheck:
    """One check; `code` is distinct and stable."""

    name: str
    code: int
    passed: bool
    wanted: str
    found: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preflight:
    """What `wk preflight --json` prints."""

    passed: bool
    marking: str
    """`passed`, `failed` or `INVALID_SIMULATION`: how a run under it is recorded."""
    failed: tuple[str, ...]
    codes: tuple[int, ...]
    """Of the checks that failed."""
    checks: tuple[PreflightCheck, ...]


schemas: dict[str, Any] = {"preflight": Preflight}


@app.command()
def preflight(
    ctx: typer.Context,
    workload: Annotated[str, typer.Argument(help="The workload's id.")],
    as_json: JsonOption = False,
) -> None:
    """Run every check and name all that fail; exits with 1 when one does."""
    call = invoked(ctx, as_json=as_json)
    require_annual_reports(workload, "pre-flight")
    with connect(call) as client:
        checks = run_preflight(call.settings, worker_setup(call.settings, call.data_dir), client)
    found = preflight_of(checks)
    if call.json:
        print_json(found)
    else:
        print_preflight(found)
    raise typer.Exit(0 if found.passed else 1)


def preflight_of(checks: tuple[Check, ...]) -> Preflight:
    """The pre-flight as it is printed."""
    failed = [check for check in checks if not check.passed]
    return Preflight(
        passed=not failed,
        marking=marking(checks),
        failed=tuple(check.name for check in failed),
        codes=tuple(check.code for check in failed),
        checks=tuple(
            PreflightCheck(
                name=check.name,
                code=check.code,
                passed=check.passed,
                wanted=check.wanted,
                found=check.found,
                details=check.details,
            )
            for check in checks
        ),
    )


def print_preflight(found: Preflight) -> None:
    """Print a tick or cross a check, then the confirmation or every failed name."""
    for check in found.checks:
        print_line(f"{'✓' if check.passed else '✗'} {check.name:24}{check.found} (wanted: {check.wanted})")
        for detail in check.details:
            print_line(f"    {detail}")
    if found.passed:
        print_line(f"pre-flight passed: all {len(found.checks)} checks hold")
    else:
        print_line(f"pre-flight {found.marking}: {', '.join(found.failed)}")
