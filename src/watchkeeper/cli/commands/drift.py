"""`wk drift`: whether what comes now is still like what came before."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.drift.column_drift import ColumnDrift
from watchkeeper.monitoring.drift.table_drift import Table, table_drift, table_of

app = command_app("Say whether what comes now is still like what came before.", group=True)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `wk drift compare --json` prints."""

    reference: str
    current: str
    drifted: bool
    """Whether any column did."""
    columns: tuple[ColumnDrift, ...]


schemas: dict[str, Any] = {
    "drift compare": Comparison,
    "drift models": "watchkeeper.app.api.drift:ModelBody[]",
    "drift check": "watchkeeper.app.api.drift:ReferenceDriftBody",
    "drift reference add": "watchkeeper.app.api.drift:AddedReference",
    "drift reference list": "watchkeeper.monitoring.drift.reference:ReferenceFacts[]",
}


@app.command()
def models(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    model: Annotated[str | None, typer.Option(help="Only this model.")] = None,
    current: Annotated[float, typer.Option("--current-s", help="Seconds up to now.")] = 86_400,
    reference: Annotated[float, typer.Option("--reference-s", help="Seconds before these.")] = 604_800,
    as_json: JsonOption = False,
) -> None:
    """Say whether models answer as they did (same name, other answers); exits with 1 when one does not."""
    call = invoked(ctx, as_json=as_json)

    asked = {"workload": workload, "model": model, "current_s": current, "reference_s": reference}
    with connect(call) as client:
        found = client.get("/drift/models", asked)
    if call.json:
        print_json(found)
    elif not found:
        print_line("no model was called in the time asked for")
    else:
        for one in found:
            verdict = one["verdict"]
            print_line(f"{one['workload']}, {one['model']}: {verdict['state']}; {verdict['why']}")
            for signal in verdict["signals"]:
                print_line(f"    {signal['signal']}: {signal['drift']['reason']}")
    raise typer.Exit(1 if any(one["verdict"]["state"] == "changed" for one in found) else 0)


@app.command()
def compare(
    *,
    ctx: typer.Context,
    reference: Annotated[
        Path, typer.Argument(help="A CSV file of what came before, with a header; or a reference's name.")
    ],
    current: Annotated[Path, typer.Argument(help="One of what comes now, with the same columns.")],
    column: Annotated[
        list[str] | None, typer.Option("--column", help="Only this column; may be repeated.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two files, or a reference and a file, column by column; exits with 1 when a column drifted."""
    call = invoked(ctx, as_json=as_json)
    columns = table_drift(_reference(call, reference), _read(current), columns=column or ())
    found = Comparison(
        str(reference), str(current), drifted=any(one.drifted for one in columns), columns=columns
    )
    if call.json:
        print_json(found)
    else:
        _print(found)
    raise typer.Exit(1 if found.drifted else 0)


references = command_app("Keep what came before under a name.", group=True)
app.add_typer(references, name="reference")


@references.command()
def add(
    *,
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called; a name used again is a further version.")],
    file: Annotated[Path | None, typer.Argument(help="A CSV file with a header.")] = None,
    workload: Annotated[str | None, typer.Option(help="Or this workload's stored calls.")] = None,
    since: Annotated[str | None, typer.Option(help="Where they begin: -7d, 2026-11-28.")] = None,
    until: Annotated[str | None, typer.Option(help="Where they end; now if not given.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a file, or a workload's calls, as a reference."""
    call = invoked(ctx, as_json=as_json)

    if (file is None) == (workload is None):
        raise InvalidInputError(
            "a reference is of a file or of a workload's calls", action="give one of both"
        )
    new: dict[str, Any] = {"name": name, "workload": workload, "since": since, "until": until}
    if file is not None:
        new |= {"source": str(file), "columns": {key: list(values) for key, values in _read(file).items()}}
    with connect(call) as client:
        found = client.post(
            "/drift/references", {key: value for key, value in new.items() if value is not None}
        )
    if call.json:
        print_json(found)
    else:
        print_line(
            f"{found['name']}@{found['version']}: {found['rows']} rows of {', '.join(found['columns'])}"
        )
        if found["without_words"]:
            print_line(f"neither prompts nor replies are in it: {found['without_words']}")


@references.command(name="list")
def list_references(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the references, each with its size and date."""
    call = invoked(ctx, as_json=as_json)

    with connect(call) as client:
        found = client.get("/drift/references")
    if call.json:
        print_json(found)
    else:
        print_table(
            ("reference", "rows", "columns", "of", "made at"),
            (
                (
                    f"{one['name']}@{one['version']}",
                    one["rows"],
                    ", ".join(one["columns"]),
                    one["source"],
                    one["made_at"],
                )
                for one in found
            ),
            none="there is no reference; keep one with `wk drift reference add`",
        )


@app.command()
def check(
    *,
    ctx: typer.Context,
    reference: Annotated[str, typer.Argument(help="The reference, as `name` or `name@version`.")],
    workload: Annotated[str | None, typer.Option(help="Whose calls; the reference's own otherwise.")] = None,
    since: Annotated[str, typer.Option(help="Where they begin.")] = "-60m",
    as_json: JsonOption = False,
) -> None:
    """Say whether stored calls are still as a reference is; exits with 1 when a column drifted."""
    call = invoked(ctx, as_json=as_json)

    with connect(call) as client:
        found = client.get("/drift/calls", {"reference": reference, "workload": workload, "since": since})
    if call.json:
        print_json(found)
    else:
        print_table(
            ("column", "kind", "reference", "current", "drifted", "why"),
            (
                (
                    *(one["column"], one["kind"], one["reference_samples"], one["current_samples"]),
                    *(one["drifted"], one["reason"]),
                )
                for one in found["columns"]
            ),
        )
        print_line(_outcome([(one["column"], one["drifted"]) for one in found["columns"]]))
    raise typer.Exit(1 if found["drifted"] else 0)


def _reference(call: Invocation, reference: Path) -> Table:
    """A file, or a reference of that name."""
    if reference.exists() or reference.suffix == ".csv" or len(reference.parts) > 1:
        return _read(reference)
    from urllib.parse import quote

    with connect(call) as client:
        found: Table = client.get(f"/drift/references/{quote(str(reference), safe='')}/table")
    return found


def _read(file: Path) -> Table:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return table_of(lines, name=str(file))
    except OSError as failure:
        raise InvalidInputError(
            f"{file} cannot be read: {failure.strerror}", action="name a CSV file"
        ) from None
    except UnicodeDecodeError:
        raise InvalidInputError(f"{file} is no text in UTF-8", action="name a CSV file") from None


def _print(found: Comparison) -> None:
    print_table(
        ("column", "kind", "reference", "current", "drifted", "why"),
        (
            (one.column, one.kind, one.reference_samples, one.current_samples, one.drifted, one.reason)
            for one in found.columns
        ),
    )
    print_line(_outcome([(one.column, one.drifted) for one in found.columns]))


def _outcome(columns: list[tuple[str, bool | None]]) -> str:
    """One sentence on all columns; what could not be compared is not told as the same."""
    drifted = [name for name, state in columns if state]
    if drifted:
        return f"drifted: {', '.join(drifted)}"
    if all(state is None for _, state in columns):
        return "no data: no column could be compared"
    unknown = sum(state is None for _, state in columns)
    return "no column drifted" + (f"; {unknown} could not be compared" if unknown else "")
