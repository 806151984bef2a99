"""`wk status`: the five numbers an operator asks for first."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import NO_DATA, print_json, print_line, print_table

app = command_app("")
schemas: dict[str, Any] = {"status": "watchkeeper.app.api.status:Status"}


@app.command()
def status(
    ctx: typer.Context,
    workload: Annotated[str, typer.Option(help="The workload's id.")] = "annual-reports",
    as_json: JsonOption = False,
) -> None:
    """Say how a workload stands: five numbers, then what surrounds them."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/status", {"workload": workload})
        url = client.url
    if call.json:
        print_json(found)
        return
    for line in status_lines(found):
        print_line(line)
    print_line()
    print_table(
        ["last runs", "status", "ok", "needs OCR", "failed", "pages", "pre-flight"],
        [
            [
                run["run_id"],
                run["status"],
                f"{run['ok']} of {run['items']}",
                run["needs_ocr"],
                run["failed"],
                run["pages"],
                run["preflight"],
            ]
            for run in found["last_runs"]
        ],
    )
    print_line(f"server: {url}")


def status_lines(found: dict[str, Any]) -> list[str]:
    """The status block: the five numbers of GF-01, then agreement, canaries and speed."""
    phase = found["phase"]
    seconds = found["seconds_a_page_24h"]
    rows = [
        ("documents in the corpus", str(found["documents"])),
        ("coaching sessions", str(found["coaching_sessions"])),
        ("golden examples (accuracy 95 % or more)", str(found["golden_examples"])),
        ("current learning phase", f"{phase['number']} ({phase['name']})"),
        ("average accuracy, last 24 h", percent(found["accuracy_24h"])),
        ("", ""),
        ("twins agree on", agreement_told(found["agreement"], found["agreement_band"])),
        ("canaries", canaries_told(found["canaries"])),
        (
            "seconds a page, last 24 h",
            NO_DATA if seconds is None else f"{seconds:.3f} ({found['speed_band']})",
        ),
    ]
    return [f"{label:42}{value}" if label else "" for label, value in rows]


def canaries_told(canaries: dict[str, Any] | None) -> str:
    """The last canary run in a phrase."""
    if canaries is None:
        return NO_DATA
    colour = "green" if canaries["green"] else "RED"
    return f"{canaries['passed']} of {canaries['checks']} pass ({colour})"


def agreement_told(rate: float | None, band: str) -> str:
    """How often the twins agree, in a phrase."""
    return NO_DATA if rate is None else f"{percent(rate)} of fields ({band})"
