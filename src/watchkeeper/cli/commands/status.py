"""`wk status`: the five numbers an operator asks for first."""

from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.app.run_told import read_told
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import NO_DATA, print_json, print_json_line, print_line, print_table

if TYPE_CHECKING:
    from watchkeeper.app.client import ApiClient

app = command_app("")
_BAR = 20
"""Signs of the bar."""
schemas: dict[str, Any] = {"status": "watchkeeper.app.api.status:Status"}


@app.command()
def status(
    *,
    ctx: typer.Context,
    workload: Annotated[str, typer.Option(help="The workload's id.")] = "annual-reports",
    alerts_only: Annotated[bool, typer.Option("--alerts-only", help="Only the active alerts.")] = False,
    watch: Annotated[
        float | None, typer.Option(min=0.1, help="Say it again every so many seconds, until Ctrl-C.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how a workload stands: five numbers, then what surrounds them.

    With --alerts-only it exits with 1 when an alert fires.
    """
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        firing = _say(call, client, workload, alerts_only=alerts_only, once=watch is None)
        with suppress(KeyboardInterrupt):
            while watch is not None:
                Event().wait(watch)
                firing = _say(call, client, workload, alerts_only=alerts_only, once=False)
    raise typer.Exit(1 if alerts_only and firing else 0)


def _say(call: Invocation, client: "ApiClient", workload: str, *, alerts_only: bool, once: bool) -> bool:
    """Say it one time; whether an alert fires."""
    found = client.get("/status", {"workload": workload})
    alerts = found["alerts"]["alerts"]
    firing = any(alert["state"] == "firing" for alert in alerts)
    if call.json:
        # Whoever reads a stream reads it line by line.
        (print_json if once else print_json_line)(found["alerts"] if alerts_only else found)
    elif alerts_only:
        for line in alert_lines(alerts):
            print_line(line)
    else:
        _print_status(found, client.url)
    return firing


def alert_lines(alerts: list[dict[str, Any]]) -> list[str]:
    """The active alerts, a line each."""
    return [
        f"{alert['severity']} {alert['level']} {alert['state']} since {alert['begun_at']}: {alert['message']}"
        for alert in alerts
    ] or ["no alert is active"]


def _print_status(found: dict[str, Any], url: str) -> None:
    for line in status_lines(found):
        print_line(line)
    print_line()
    print_table(
        ["last runs", "status", "ok", "needs OCR", "failed", "pages", "pre-flight"],
        [
            [
                run["run_id"],
                run["status"],
                read_told(run),
                run["needs_ocr"],
                run["failed"],
                run["pages"],
                run["preflight"],
            ]
            for run in found["last_runs"]
        ],
        none="no run yet",
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
        ("learned on", learning_told(phase)),
        ("twins agree on", agreement_told(found["agreement"], found["agreement_band"])),
        ("canaries", canaries_told(found["canaries"])),
        ("active alerts", str(len(found["alerts"]["alerts"]))),
        ("calls that failed, last 5 min", call_errors_told(found["metrics"])),
        (
            "seconds a page, last 24 h",
            NO_DATA if seconds is None else f"{seconds:.3f} ({found['speed_band']})",
        ),
    ]
    return [f"{label:42}{value}" if label else "" for label, value in rows]


def learning_told(phase: dict[str, Any]) -> str:
    """How far learning is: a bar of all its documents, and what the phase still lacks."""
    filled = min(_BAR, _BAR * phase["documents"] // phase["of"])
    bar = "#" * filled + "." * (_BAR - filled)
    left = "" if phase["left"] is None else f", {phase['left']} left in the phase"
    gap = "no data on the gap" if phase["gap"] is None else f"{100 * phase['gap']:.1f} points to go"
    return (
        f"[{bar}] {phase['documents']}/{phase['of']} documents{left}; "
        f"target {percent(phase['target'])}, {gap}"
    )


def call_errors_told(metrics: dict[str, Any]) -> str:
    """How many calls failed, in a phrase."""
    rate, seconds = metrics["errors"]["error_rate"], metrics["response_times"]["avg"]
    if rate is None:
        return NO_DATA
    return f"{rate:.2f} % of {metrics['requests']['total']}, {seconds:.2f} s on average"


def canaries_told(canaries: dict[str, Any] | None) -> str:
    """The last canary run in a phrase."""
    if canaries is None:
        return NO_DATA
    colour = "green" if canaries["green"] else "RED"
    return f"{canaries['passed']} of {canaries['checks']} pass ({colour})"


def agreement_told(rate: float | None, band: str) -> str:
    """How often the twins agree, in a phrase."""
    return NO_DATA if rate is None else f"{percent(rate)} of fields ({band})"
