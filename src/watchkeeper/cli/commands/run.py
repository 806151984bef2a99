"""`wk run`: run a workload over documents, or over queries."""

import sys
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.client import ApiClient
from watchkeeper.cli.commands.coach_corpus import coach_files, next_numbers, print_coached
from watchkeeper.cli.commands.documents import DocumentPaths, files_in
from watchkeeper.cli.commands.preflight import preflight_of, print_preflight
from watchkeeper.cli.commands.run_queries import QueriesReport, run_query_files
from watchkeeper.cli.commands.run_recovery import for_recovery, require_recovered
from watchkeeper.cli.commands.run_stop import STOP, Stopped, stop_run
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.known_workload import RECOMMENDER, require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.run_progress import RunProgress
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.run_id import parse_run_id
from watchkeeper.workloads.annual_reports.instruction_files import SHIPPED, saved_folder
from watchkeeper.workloads.annual_reports.preflight_facts import run_preflight
from watchkeeper.workloads.annual_reports.release_choice import ReleaseChoice, release_choice
from watchkeeper.workloads.annual_reports.run import RunRequest, RunSummary, run_reports
from watchkeeper.workloads.annual_reports.run_told import record_refused
from watchkeeper.workloads.annual_reports.scoring import CANARY_FIELDS, Scorecard, load_labels
from watchkeeper.workloads.annual_reports.section_cache import SectionCache
from watchkeeper.workloads.annual_reports.worker_setup import own_settings, worker_setup

app = command_app("")


@dataclass(frozen=True, slots=True)
class SectionCacheReport:
    """The section cache of the data folder, over all runs so far (GF-23)."""

    hits: int
    misses: int
    hit_rate: float | None
    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """What `wk run --json` prints; accuracies are null without `--labels`."""

    run_id: str
    output: str
    documents: int
    skipped: int
    statuses: dict[str, int]
    pages: int
    seconds: float
    pages_per_second: float | None
    releases: dict[str, int]
    """Documents read now by the release they were read with; empty where none is live."""
    cache_hits: int
    degraded: int
    """Documents on which a reader failed."""
    section_cache: SectionCacheReport
    undelivered: int
    refusal: str | None
    preflight: str
    accuracy: float | None
    canary_fields_accuracy: float | None
    confident_right: float | None
    agreed_wrong: tuple[dict[str, Any], ...]
    coaching: dict[str, Any] | None = None
    """What coaching did; null without `--coach`."""


schemas: dict[str, Any] = {"run": RunReport | QueriesReport | Stopped}


@app.command()
def run(
    *,
    ctx: typer.Context,
    workload: Annotated[str, typer.Argument(help="The workload's id.")],
    inputs: Annotated[list[Path] | None, DocumentPaths] = None,
    output: Annotated[Path, typer.Option(help="Where result lines are appended.")] = Path("out.jsonl"),
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many documents.")] = None,
    doc_id: Annotated[list[int] | None, typer.Option(help="A document of the corpus by its number.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; else the setting.")] = None,
    resume: Annotated[str | None, typer.Option(metavar="RUN", help="Skip what this run finished.")] = None,
    production: Annotated[
        bool, typer.Option("--production", help="Only after a passing pre-flight.")
    ] = False,
    coach: Annotated[
        bool, typer.Option("--coach/--no-coach", help="Coaching; off unless asked for.")
    ] = False,
    labels: Annotated[Path | None, typer.Option(help="A labels.json to score against.")] = None,
    following: Annotated[
        int | None, typer.Option("--next", min=1, help="The next so many unread documents of the corpus.")
    ] = None,
    max_rounds: Annotated[
        int | None, typer.Option(min=1, help="Rounds of coaching an agent and document, at most.")
    ] = None,
    recover: Annotated[
        bool, typer.Option("--recover", help="One document without coaching, to see that all is well again.")
    ] = False,
    instructions: Annotated[
        str | None,
        typer.Option(help="Read with these (shipped, or a saved name), whatever release is live."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run a workload over documents, or the recommender over queries; exits with 1 when one failed.

    A line is appended to the output as each item is finished, after its receipts. Queries stand in files: one
    a line, or `.jsonl` with `query`, and with `item` and `top_k` where wanted. `wk run stop RUN` ends a run
    of this machine: what is finished stays, nothing is half-written, and `--resume` goes on with it.
    """
    call = invoked(ctx, as_json=as_json)
    if workload == STOP:
        stop_run(call, [str(one) for one in inputs or []])
    if workload == RECOMMENDER:
        about_documents = {
            "--doc-id": bool(doc_id),
            "--workers": workers is not None,
            "--production": production,
            "--coach": coach,
            "--labels": labels is not None,
        }
        run_query_files(
            call, inputs or [], output=output, limit=limit, resume=resume, not_for_queries=about_documents
        )
    require_annual_reports(workload, "run of documents")
    folder = None if instructions in {None, SHIPPED} else saved_folder(str(instructions), call.data_dir)
    with connect(call) as client:
        if not recover:
            require_recovered(client, workload)
        numbers = [*(doc_id or []), *(next_numbers(client, following) if following else [])]
        if recover:
            limit = 1
            numbers = for_recovery(numbers, named=bool(inputs), coach=coach, production=production)
        files = _files(client, inputs or [], numbers, workload)[:limit]
        preflight = _passed_preflight(call, client, len(files)) if production else "pre-flight not run"
        request = _request(
            call, files, output=output, workers=workers, resume=resume, preflight=preflight, labels=labels
        )
        request = replace(request, coaching=coach, recovery=recover)
        releases = release_choice(client, call.data_dir) if instructions is None else None
        summary = run_with_progress(call, client, request, folder, releases=releases)
        coached = (
            coach_files(call, client, files, summary.run_id, max_rounds=max_rounds, labels=request.labels)
            if coach
            else None
        )
    report = replace(_report(call, summary, request), coaching=None if coached is None else asdict(coached))
    if call.json:
        print_json(report)
    else:
        _print(report, summary.scorecard)
        if coached is not None:
            print_coached(coached)
    raise typer.Exit(0 if summary.fine else 1)


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


def _files(client: ApiClient, inputs: list[Path], numbers: list[int], workload: str) -> tuple[Path, ...]:
    of_corpus = [Path(client.get(f"/documents/{workload}/{number}")["path"]) for number in numbers]
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


def _request(
    call: Invocation,
    files: tuple[Path, ...],
    *,
    output: Path,
    workers: int | None,
    resume: str | None,
    preflight: str,
    labels: Path | None,
) -> RunRequest:
    return RunRequest(
        files=files,
        output=output,
        workers=workers or own_settings(call.settings).workers,
        production=preflight == "passed",
        preflight=preflight,
        resume=None if resume is None else parse_run_id(resume),
        labels=None if labels is None else load_labels(labels),
        reconnect=partial(connect, call),
    )


def _section_cache(call: Invocation) -> SectionCacheReport:
    stats = SectionCache(call.data_dir / "cache" / "sections", SystemClock()).stats()
    return SectionCacheReport(
        hits=stats.hits,
        misses=stats.misses,
        hit_rate=stats.hit_rate,
        entries=stats.entries,
        bytes=stats.bytes,
    )


def _report(call: Invocation, summary: RunSummary, request: RunRequest) -> RunReport:
    card = summary.scorecard
    return RunReport(
        run_id=summary.run_id,
        output=str(request.output),
        documents=summary.documents,
        skipped=summary.skipped,
        statuses=summary.statuses,
        pages=summary.pages,
        seconds=round(summary.seconds, 3),
        pages_per_second=round(summary.pages / summary.seconds, 2) if summary.pages else None,
        releases=summary.releases,
        cache_hits=summary.cache_hits,
        degraded=summary.degraded,
        section_cache=_section_cache(call),
        undelivered=summary.undelivered,
        refusal=summary.refusal,
        preflight=request.preflight,
        accuracy=card.accuracy() if card else None,
        canary_fields_accuracy=card.accuracy(CANARY_FIELDS) if card else None,
        confident_right=card.confident_right / card.confident if card and card.confident else None,
        agreed_wrong=tuple(
            {"document": one.document, "field": one.field, "value": one.value, "truth": one.truth}
            for one in card.agreed_wrong
        )
        if card
        else (),
    )


def _print(report: RunReport, card: Scorecard | None) -> None:
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(report.statuses.items())) or "none"
    skipped = f" ({report.skipped} finished before)" if report.skipped else ""
    print_line(f"{report.run_id}: {statuses}{skipped}; {report.pages} pages in {report.seconds:.1f} s")
    cache = report.section_cache
    print_line(f"results: {report.output}; {report.preflight}")
    print_line(
        f"section cache: {report.cache_hits} hits now; {cache.hits} hits and {cache.misses} misses in all, "
        f"hit rate {percent(cache.hit_rate)}"
    )
    if report.releases:
        told = ", ".join(f"{count} with {release}" for release, count in sorted(report.releases.items()))
        print_line(f"releases: {told}")
    if report.degraded:
        print_line(f"degraded: a reader failed on {report.degraded} documents; see `wk receipts errors`")
    if card is not None:
        print_line(
            f"scored {card.documents} documents: {percent(report.accuracy)} of all fields right, "
            f"{percent(report.canary_fields_accuracy)} of the canary fields, "
            f"{percent(report.confident_right)} of those given with confidence 0.9 or more"
        )
        for one in report.agreed_wrong:
            print_line(
                f"  the twins agree and are wrong: {one['document']} {one['field']}: "
                f"{one['value']!r}, truth {one['truth']!r}"
            )
    if report.undelivered:
        print_line(
            f"{report.undelivered} messages did not reach the server ({report.refusal or 'it is away'}); "
            f"the output file has every result, and --resume {report.run_id} tells the server again"
        )
