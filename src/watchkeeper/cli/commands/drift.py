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


schemas: dict[str, Any] = {"drift compare": Comparison}


@app.callback()
def _group() -> None:
    """A group, though it has one command so far."""


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
