"""What `wk run recommender` does: the queries of files, answered."""

from dataclasses import dataclass

import typer

from watchkeeper.cli.commands.run_asked import RunAsked
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.run_id import parse_run_id


@dataclass(frozen=True, slots=True)
class QueriesReport:
    """What `wk run recommender --json` prints."""

    run_id: str
    output: str
    queries: int
    skipped: int
    statuses: dict[str, int]
    degraded: int
    seconds: float
    undelivered: int


def run_query_files(call: Invocation, asked: RunAsked) -> None:
    """Answer the queries; exits with 1 when one could not be answered.

    Raises:
        InvalidInputError: An option that is about documents is given.
    """
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.workloads.recommender.opening import opened
    from watchkeeper.workloads.recommender.release_choice import release_choice
    from watchkeeper.workloads.recommender.run import read_queries, run_queries

    if given := asked.only_for_documents():
        raise InvalidInputError(
            f"{', '.join(given)} is about documents, and the recommender answers queries",
            action="leave it out; name files with a query a line",
        )
    queries = read_queries(asked.inputs)[: asked.limit]
    with connect(call) as client, opened(call.settings, call.data_dir, endpoint=call.server) as parts:
        summary = run_queries(
            queries,
            asked.output,
            recommender=parts.recommender,
            client=client,
            clock=SystemClock(),
            releases=release_choice(client),
            resume=None if asked.resume is None else parse_run_id(asked.resume),
        )
    report = QueriesReport(
        run_id=summary.run_id,
        output=str(asked.output),
        queries=summary.queries,
        skipped=summary.skipped,
        statuses=summary.statuses,
        degraded=summary.degraded,
        seconds=round(summary.seconds, 3),
        undelivered=summary.undelivered,
    )
    if call.json:
        print_json(report)
    else:
        _print(report)
    raise typer.Exit(0 if summary.fine else 1)


def _print(report: QueriesReport) -> None:
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(report.statuses.items())) or "none"
    skipped = f" ({report.skipped} finished before)" if report.skipped else ""
    print_line(f"{report.run_id}: {statuses}{skipped} in {report.seconds:.1f} s, {report.degraded} degraded")
    print_line(f"results: {report.output}")
    if report.undelivered:
        print_line(
            f"{report.undelivered} messages did not reach the server; the output file has every result"
        )
