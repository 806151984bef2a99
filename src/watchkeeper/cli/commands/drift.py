"""`wk drift`: whether what comes now is still like what came before."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.invocation import JsonOption, invoked
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
    "drift models": "watchkeeper.cli.commands.drift:Models",
}


def __getattr__(name: str) -> Any:
    """The type of a list, made when its schema is asked for: it loads more than a command needs."""
    if name == "Models":
        from watchkeeper.app.api.drift import ModelBody

        return tuple[ModelBody, ...]
    raise AttributeError(name)


@app.command()
def models(
    *,
    ctx: typer.Context,
    workload: Annotated[str | None, typer.Option(help="Only this workload.")] = None,
    model: Annotated[str | None, typer.Option(help="Only this model.")] = None,
    current: Annotated[float, typer.Option("--current-s", help="Seconds up to now.")] = 86_400,
    reference: Annotated[float, typer.Option("--reference-s", help="Seconds before these.")] = 604_800,
    as_json: JsonOption = False,
) -> None:
    """Say whether models answer as they did (same name, other answers); exits with 1 when one does not."""
    call = invoked(ctx, as_json=as_json)
    from watchkeeper.cli.connect import connect

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
    reference: Annotated[Path, typer.Argument(help="A CSV file of what came before, with a header.")],
    current: Annotated[Path, typer.Argument(help="One of what comes now, with the same columns.")],
    column: Annotated[
        list[str] | None, typer.Option("--column", help="Only this column; may be repeated.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two files column by column; exits with 1 when a column drifted."""
    call = invoked(ctx, as_json=as_json)
    columns = table_drift(_read(reference), _read(current), columns=column or ())
    found = Comparison(
        str(reference), str(current), drifted=any(one.drifted for one in columns), columns=columns
    )
    if call.json:
        print_json(found)
    else:
        _print(found)
    raise typer.Exit(1 if found.drifted else 0)


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
    drifted = [one.column for one in found.columns if one.drifted]
    print_line(f"drifted: {', '.join(drifted)}" if drifted else "no column drifted")
