"""`wk calls`: the calls telemetry has, and what recorded calls to providers hold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.commands import calls_figures, calls_told
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json_line, print_line, print_table
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.dialects.recorded import CassetteExchange, UnreadableLine, parse_cassettes

app = command_app("Look at calls: the newest, one whole, by what was said, or as recorded.", group=True)
schemas: dict[str, Any] = {
    **calls_told.schemas,
    **calls_figures.schemas,
    "calls parse": CassetteExchange | UnreadableLine,
}
app.command(name="list")(calls_told.list_calls)
app.command(name="show")(calls_told.show_call)
app.command(name="search")(calls_told.search_calls)
app.command(name="figures")(calls_figures.call_figures)
LONGEST = 60
"""Characters of a text in the table."""


@app.command()
def parse(
    *,
    ctx: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="CASSETTES…", help="JSON lines of recorded exchanges.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Print text, tool calls, stop reason, usage and error class of recorded exchanges, a line each.

    Exits with 1 when a line is no recording; an exchange that ended in an error is no such line.
    """
    call = invoked(ctx, as_json=as_json)
    unreadable: list[UnreadableLine] = []
    rows: list[list[object]] = []
    for one in _exchanges(files):
        if isinstance(one, UnreadableLine):
            unreadable.append(one)
        if call.json:
            print_json_line(one)
        elif isinstance(one, CassetteExchange):
            rows.append(_row(one))
    if not call.json:
        _print_rows(rows, unreadable)
    raise typer.Exit(1 if unreadable else 0)


def _exchanges(files: list[Path]) -> Iterator[CassetteExchange | UnreadableLine]:
    for file in files:
        try:
            with file.open("rb") as lines:
                yield from parse_cassettes(lines)
        except OSError as failure:
            raise InvalidInputError(
                f"{file} cannot be read: {failure.strerror}", action="name a file of recorded exchanges"
            ) from None


def _print_rows(rows: list[list[object]], unreadable: list[UnreadableLine]) -> None:
    if rows:
        columns = ["provider", "shape", "operation", "HTTP", "text", "tools", "stop", "in", "out", "error"]
        print_table(columns, rows)
    for one in unreadable:
        place = "" if one.interaction is None else f", exchange {one.interaction}"
        print_line(f"line {one.line}{place}: {one.problem}")
    print_line(f"{len(rows)} exchanges")


def _row(one: CassetteExchange) -> list[object]:
    text = " ".join((one.text or one.refusal or "").split())
    usage = one.usage
    return [
        one.provider,
        one.shape,
        one.operation,
        one.http_status,
        text if len(text) <= LONGEST else text[: LONGEST - 1] + "…",
        ", ".join(call.name for call in one.tool_calls),
        one.stop_reason or "",
        None if usage is None else usage.input_tokens,
        None if usage is None else usage.output_tokens,
        one.error_class or "",
    ]
