"""`wk run`: run a workload over documents, or over queries; `wk run stop`: end a run."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from watchkeeper.cli.commands import run_options as options
from watchkeeper.cli.commands.documents import DocumentPaths
from watchkeeper.cli.commands.run_asked import RunAsked
from watchkeeper.cli.commands.run_documents import run_documents
from watchkeeper.cli.commands.run_queries import QueriesReport, run_query_files
from watchkeeper.cli.commands.run_report import RunReport
from watchkeeper.cli.commands.run_stop import STOP, Stopped, stop_command
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.known_workload import RECOMMENDER, require_annual_reports
from watchkeeper.cli.lazy_group import command_app

app = command_app("")
schemas: dict[str, Any] = {"run": RunReport | QueriesReport | Stopped}


class RunOrStop(TyperCommand):
    """`wk run`, whose first argument is a workload or, as a command of its own, `stop`."""

    def make_context(self, info_name: Any, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of what is asked for: `stop` has arguments and a help of its own."""
        first = next((arg for arg in args if arg != "--json"), None)
        if first != STOP:
            return super().make_context(info_name, args, parent, **extra)
        args.remove(STOP)
        return stop_command().make_context(f"{info_name} {STOP}", args, parent, **extra)


@app.command(cls=RunOrStop)
def run(
    *,
    ctx: typer.Context,
    workload: options.Workload,
    inputs: Annotated[list[Path] | None, DocumentPaths] = None,
    output: options.Output = Path("out.jsonl"),
    limit: options.Limit = None,
    doc_id: options.DocIds = None,
    workers: options.Workers = None,
    resume: options.Resume = None,
    production: options.Production = False,
    coach: options.Coach = False,
    labels: options.RunLabels = None,
    following: options.Following = None,
    max_rounds: options.MaxRounds = None,
    recover: options.Recover = False,
    instructions: options.Instructions = None,
    as_json: JsonOption = False,
) -> None:
    """Run a workload over documents, or the recommender over queries; exits with 1 when one failed.

    A line is appended to the output as each item is finished, after its receipts. Queries stand in files: one
    a line, or `.jsonl` with `query`, and with `item` and `top_k` where wanted. `wk run stop RUN` ends a run
    of this machine: what is finished stays, nothing is half-written, and `--resume` goes on with it.
    """
    call = invoked(ctx, as_json=as_json)
    asked = RunAsked(
        inputs=inputs or [],
        output=output,
        limit=limit,
        doc_ids=doc_id or [],
        following=following,
        workers=workers,
        resume=resume,
        production=production,
        coach=coach,
        max_rounds=max_rounds,
        labels=labels,
        recover=recover,
        instructions=instructions,
    )
    if workload == RECOMMENDER:
        run_query_files(call, asked)
    require_annual_reports(workload, "run of documents")
    run_documents(call, asked)
