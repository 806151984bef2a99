"""`wk documents`: the corpus of a workload."""

from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.domain.errors import InvalidInputError, WatchkeeperError
from watchkeeper.domain.utf8 import utf8_text
from watchkeeper.workloads.annual_reports.report_opening import sha256_of

app = command_app("Add documents to a workload's corpus, and list them.", group=True)
schemas: dict[str, Any] = {
    "documents add": {
        "description": "What was added, what was there already, and what could not be read.",
        "type": "object",
        "required": ["added", "known", "unreadable"],
    },
    "documents list": "watchkeeper.app.api.documents:CorpusPage",
}
WorkloadOption = Annotated[str, typer.Option(help="The workload's id.")]
DocumentPaths = typer.Argument(help="Files, or folders of PDFs.", readable=False)
"""Not judged by the command line: an unreadable file is one document's error, not the command's."""
BATCH = 500


@app.command()
def add(
    ctx: typer.Context,
    paths: Annotated[list[Path], DocumentPaths],
    workload: WorkloadOption = "annual-reports",
    as_json: JsonOption = False,
) -> None:
    """Add documents to the corpus; the same bytes are one document, whatever the file is called."""
    call = invoked(ctx, as_json=as_json)
    rows, unreadable = [], []
    for path in files_in(paths):
        try:
            name, place = utf8_text(path.name), utf8_text(str(path.absolute()))
            rows.append({"name": name, "sha256": sha256_of(path), "path": place})
        except WatchkeeperError as error:
            told = {key: utf8_text(one) if isinstance(one, str) else one for key, one in error.body().items()}
            unreadable.append({"path": utf8_text(str(path)), **told})
    added = []
    with connect(call) as client:
        for start in range(0, len(rows), BATCH):
            body = {"workload": workload, "documents": rows[start : start + BATCH]}
            added.extend(client.post("/documents", body))
    new = [one["document"] for one in added if one["is_new"]]
    known = [one["document"] for one in added if not one["is_new"]]
    if call.json:
        print_json({"added": new, "known": known, "unreadable": unreadable})
    else:
        print_line(f"{len(new)} added, {len(known)} known already, {len(unreadable)} could not be read")
        for problem in unreadable:
            print_line(f"  {problem['message']}; {problem['action']}")
    raise typer.Exit(1 if unreadable else 0)


@app.command(name="list")
def listing(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = "annual-reports",
    status: Annotated[str | None, typer.Option(help="Only new, ok, needs_ocr or error.")] = None,
    after: Annotated[int, typer.Option(help="Only numbers above this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List the corpus: number, status, pages, hash and name."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get(
            "/documents", {"workload": workload, "status": status, "after": after, "limit": limit}
        )
    if call.json:
        print_json(found)
        return
    print_table(
        ["number", "status", "pages", "hash", "name"],
        [
            [one["number"], one["status"], one["pages"], one["sha256"][:8], one["name"]]
            for one in found["documents"]
        ],
    )
    print_line(f"{len(found['documents'])} of {found['count']} documents")


def files_in(paths: list[Path]) -> list[Path]:
    """The files themselves and the PDFs of the folders, in order.

    Raises:
        InvalidInputError: A folder holds no PDF, or cannot be read.
    """
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        try:
            found = sorted(one for one in path.iterdir() if one.suffix.lower() == ".pdf")
        except OSError as failure:
            told = f"the folder {path} cannot be read: {failure.strerror}"
            raise InvalidInputError(told, action="check its permissions") from failure
        if not found and path.suffix.lower() == ".pdf":
            files.append(path)  # named like a document: it gets a document's error, the others are read
            continue
        if not found:
            raise InvalidInputError(f"there is no PDF in {path}", action="name a folder with PDFs, or files")
        files.extend(found)
    return files
