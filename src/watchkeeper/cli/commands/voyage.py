"""`wk voyage`: four tests that everything a workload's morning needs is there and works."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.known_workload import require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table

app = command_app("")
schemas: dict[str, Any] = {"voyage": "watchkeeper.workloads.annual_reports.voyage:Voyage"}


@app.command()
def voyage(
    *,
    ctx: typer.Context,
    workload: Annotated[str, typer.Argument(help="The workload's id.")],
    instructions: Annotated[
        Path | None, typer.Option(help="A folder of instructions in place of the shipped ones.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the verification voyage and keep its result; exits with 1 unless every test passes."""
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.workloads.annual_reports.voyage import judge_voyage
    from watchkeeper.workloads.annual_reports.voyage_facts import voyage_facts
    from watchkeeper.workloads.annual_reports.worker_setup import worker_setup

    call = invoked(ctx, as_json=as_json)
    require_annual_reports(workload, "verification voyage")
    clock = SystemClock()
    setup = worker_setup(call.settings, call.data_dir, instructions=instructions)
    with connect(call) as client:
        found = judge_voyage(voyage_facts(setup, client, clock=clock))
    kept = call.data_dir / "voyages" / f"{clock.now():%Y%m%dT%H%M%SZ}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(asdict(found), indent=2, ensure_ascii=False), encoding="utf-8")
    if call.json:
        print_json(asdict(found))
    else:
        print_table(
            ["", "test", "found", "seconds"],
            [
                ["✓" if test.passed else "✕", test.name, test.found, f"{test.seconds:.2f}"]
                for test in found.tests
            ],
        )
        print_line(
            f"{found.passed}/{len(found.tests)} tests passed: {found.level}, {found.seconds:.2f} s, "
            f"run mode {found.mode}"
        )
        print_line(f"kept as {kept}")
    raise typer.Exit(0 if found.level == "excellent" else 1)
