"""`wk demo`: the main job on generated reports, and the pages to look around in."""

import signal
import tempfile
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated, Any

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.client import ApiClient
from watchkeeper.app.discovery import ready_server, reasons_not_ready, start_detached
from watchkeeper.app.stopping import stop_everything
from watchkeeper.cli.commands.documents import files_in
from watchkeeper.cli.commands.run_documents import run_with_progress
from watchkeeper.cli.commands.status import agreement_told, canaries_told
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.preflight_facts import check_canaries
from watchkeeper.workloads.annual_reports.run import RunRequest, RunSummary
from watchkeeper.workloads.annual_reports.samples.book import write_samples
from watchkeeper.workloads.annual_reports.scoring import load_labels
from watchkeeper.workloads.annual_reports.worker_setup import own_settings, worker_setup

app = command_app("")
schemas: dict[str, Any] = {
    "demo": {
        "description": "The run's id, its statuses, the status of the workload, the address of the pages.",
        "type": "object",
        "required": ["run_id", "statuses", "status", "url"],
    }
}

REPORTS = 12
SCANNED = 1
FIRST_SEED = 1
WORKLOAD = "annual-reports"
SHOWN = ("org_no", "assets", "total_debt", "cash", "chairman", "auditor")


@app.command()
def demo(
    *,
    ctx: typer.Context,
    reports: Annotated[Path | None, typer.Option(help="A folder of PDFs to read besides.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port of the pages; 0: any free one.")
    ] = None,
    leave: Annotated[bool, typer.Option("--exit", help="Leave when done; DEMO_EXIT=1 with make.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Start Watchkeeper, read a dozen generated reports, show what was found, stay up until Ctrl-C."""
    call = invoked(ctx, as_json=as_json)
    if reports is not None and not reports.exists():
        raise InvalidInputError(f"{reports} is not there", action="name a folder of PDFs, or a PDF")
    started = _start(call, port)
    try:
        with connect(call) as client, tempfile.TemporaryDirectory(prefix="wk-demo-") as scratch:
            summary = _read(call, client, Path(scratch), reports)
            _run_canaries(call, client)
            _show(call, client, summary)
            if not leave:
                _wait_for_ctrl_c(call)
    finally:
        if started:
            _stop(call)


def _start(call: Invocation, port: int | None) -> bool:
    """Start everything, unless it runs already; whether it is ours to stop."""
    if ready_server(call.data_dir) is not None:
        return False
    asked = call.settings.server.port if port is None else port
    if not call.json:
        print_line(f"starting Watchkeeper on {call.data_dir} …")
    start_detached(call.data_dir, call.own_command("up", "--port", str(asked)), SystemClock())
    return True


def _read(call: Invocation, client: ApiClient, scratch: Path, more: Path | None) -> RunSummary:
    # Kept in the data folder, so that the pages can show them after the demo has ended.
    folder = call.data_dir / "demo" / "reports"
    seeds = range(FIRST_SEED, FIRST_SEED + REPORTS)
    samples = write_samples(folder, seeds, scanned=seeds[-SCANNED:])
    given = [] if more is None else files_in([more])
    request = RunRequest(
        files=(*samples, *given),
        output=scratch / "demo.jsonl",
        workers=own_settings(call.settings).workers,
        labels=load_labels(folder / "labels.json"),
    )
    return run_with_progress(call, client, request)


def _run_canaries(call: Invocation, client: ApiClient) -> None:
    check_canaries(worker_setup(call.settings, call.data_dir), client)


def _show(call: Invocation, client: ApiClient, summary: RunSummary) -> None:
    results = client.get(f"/runs/{summary.run_id}/results")
    status = client.get("/status", {"workload": WORKLOAD})
    if call.json:
        print_json(
            {
                "run_id": summary.run_id,
                "statuses": summary.statuses,
                "seconds": summary.seconds,
                "status": status,
                "url": client.url,
            }
        )
        return
    print_table(
        ["document", "status", "pages", *(name.replace("_", " ") for name in SHOWN)],
        [[one["document"], one["status"], one["pages"], *_shown_fields(one)] for one in results],
    )
    seconds = status["seconds_a_page_24h"]
    card = summary.scorecard
    print_line(f"twins agree on: {agreement_told(status['agreement'], status['agreement_band'])}")
    print_line(f"canaries: {canaries_told(status['canaries'])}")
    if card is not None:
        print_line(f"{percent(card.accuracy())} of the fields of {card.documents} labelled reports are right")
    speed = "no data" if seconds is None else f"{seconds:.3f} s a page"
    accuracy = percent(status["accuracy_24h"])
    print_line(f"health: {_health(client)}; {speed}; the readers' accuracy over 24 h {accuracy}")
    print_line(f"pages:  {client.url}")


def _shown_fields(one: dict[str, Any]) -> list[str]:
    fields = one["data"].get("fields", {})
    return [_printed(fields.get(name, {}).get("value")) for name in SHOWN]


def _printed(value: object) -> str:
    if value is None:
        return "—"
    return f"{value:,}".replace(",", " ") if isinstance(value, int) else str(value)


def _health(client: ApiClient) -> str:
    reasons = reasons_not_ready(client.url)
    if reasons is None:
        return "the server does not answer"
    return "all parts ready" if not reasons else "; ".join(reasons)


def _wait_for_ctrl_c(call: Invocation) -> None:
    asked: SimpleQueue[None] = SimpleQueue()  # unlike an `Event`, safe to tell from a handler in this thread
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: asked.put(None))
    # Said only once it is true: whoever reads the line may press the keys at once.
    if not call.json:
        print_line("stays up until Ctrl-C")
    asked.get()


def _stop(call: Invocation) -> None:
    stop_everything(call.data_dir, SystemClock())
