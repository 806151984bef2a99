"""What `wk run annual-reports` does: documents read, and coached on where that is asked for."""

import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.client import ApiClient
from watchkeeper.cli.commands.coach_corpus import coach_files, next_numbers, print_coached
from watchkeeper.cli.commands.documents import files_in
from watchkeeper.cli.commands.preflight import preflight_of, print_preflight
from watchkeeper.cli.commands.run_asked import RunAsked
from watchkeeper.cli.commands.run_recovery import for_recovery, require_recovered
from watchkeeper.cli.commands.run_report import print_run, run_report
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.known_workload import ANNUAL_REPORTS
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.run_progress import RunProgress
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.run_id import parse_run_id
from watchkeeper.workloads.annual_reports.instruction_files import SHIPPED, saved_folder
from watchkeeper.workloads.annual_reports.preflight_facts import run_preflight
from watchkeeper.workloads.annual_reports.release_choice import ReleaseChoice, release_choice
from watchkeeper.workloads.annual_reports.run import RunRequest, RunSummary, run_reports
from watchkeeper.workloads.annual_reports.run_told import record_refused
from watchkeeper.workloads.annual_reports.scoring import load_labels
from watchkeeper.workloads.annual_reports.worker_setup import own_settings, worker_setup


def run_documents(call: Invocation, asked: RunAsked) -> None:
    """Read the documents; exits with 1 when one failed, or a run of production is not accepted.

    Raises:
        InvalidInputError: No document is named, or an option is of no use.
        ConflictError: The last recovery run was not clean, or coaching is stopped.
    """
    saved = asked.instructions not in {None, SHIPPED}
    folder = saved_folder(str(asked.instructions), call.data_dir) if saved else None
    with connect(call) as client:
        if not asked.recover:
            require_recovered(client, ANNUAL_REPORTS)
        request = _request(call, client, asked)
        releases = release_choice(client, call.data_dir) if asked.instructions is None else None
        summary = run_with_progress(call, client, request, folder, releases=releases)
        coached = None
        if asked.coach:
            coached = coach_files(
                call,
                client,
                request.files,
                summary.run_id,
                max_rounds=asked.max_rounds,
                labels=request.labels,
            )
    report = replace(
        run_report(call, summary, request), coaching=None if coached is None else asdict(coached)
    )
    if call.json:
        print_json(report)
    else:
        print_run(report, summary.scorecard)
        if coached is not None:
            print_coached(coached)
    accepted = summary.acceptance.accepted or not asked.production
    raise typer.Exit(0 if summary.fine and accepted else 1)


def run_with_progress(
    call: Invocation,
    client: ApiClient,
    request: RunRequest,
    instructions: Path | None = None,
    *,
    releases: ReleaseChoice | None = None,
) -> RunSummary:
    """The run, shown as it goes; with the instructions of releases, of a folder, else those that ship."""
    clock = SystemClock()
    with RunProgress(clock, quiet=call.json) as progress:
        setup = worker_setup(call.settings, call.data_dir, instructions=instructions, releases=releases)
        return run_reports(request, setup, client=client, watcher=progress, clock=clock)


def _files(client: ApiClient, inputs: list[Path], numbers: list[int]) -> tuple[Path, ...]:
    of_corpus = [Path(client.get(f"/documents/{ANNUAL_REPORTS}/{number}")["path"]) for number in numbers]
    files = (*files_in(inputs), *of_corpus)
    if not files:
        raise InvalidInputError("no document is named", action="name files or folders, or use --doc-id")
    return files


def _passed_preflight(call: Invocation, client: ApiClient, documents: int) -> str:
    """Run the pre-flight; a failing one is recorded and ends the command with every failure named."""
    found = preflight_of(run_preflight(call.settings, worker_setup(call.settings, call.data_dir), client))
    if not found.passed:
        run_id = record_refused(client, items=documents, preflight=found.marking)
        print_line(run_id, to=sys.stderr if call.json else sys.stdout)
        if call.json:
            print_json(found)
        else:
            print_preflight(found)
        raise typer.Exit(1)
    if not call.json:
        print_line(f"pre-flight passed: all {len(found.checks)} checks hold")
    return found.marking


def _request(call: Invocation, client: ApiClient, asked: RunAsked) -> RunRequest:
    """The run asked for, after a pre-flight where it is one of production."""
    numbers = [*asked.doc_ids, *(next_numbers(client, asked.following) if asked.following else [])]
    limit = asked.limit
    if asked.recover:
        limit = 1
        named = bool(asked.inputs)
        numbers = for_recovery(numbers, named=named, coach=asked.coach, production=asked.production)
    files = _files(client, asked.inputs, numbers)[:limit]
    preflight = "pre-flight not run"
    if asked.production:
        preflight = _passed_preflight(call, client, len(files))
    return RunRequest(
        files=files,
        output=asked.output,
        workers=asked.workers or own_settings(call.settings).workers,
        production=preflight == "passed",
        preflight=preflight,
        resume=None if asked.resume is None else parse_run_id(asked.resume),
        labels=None if asked.labels is None else load_labels(asked.labels),
        coaching=asked.coach,
        recovery=asked.recover,
        reconnect=partial(connect, call),
    )
