"""`wk schema`: what a command prints with `--json`."""

from typing import Annotated

import typer

from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.schemas import command_names, schema_of

app = command_app("")
schemas = {"schema": {"description": "A JSON Schema, or the names of all commands that have one."}}


@app.command()
def schema(
    ctx: typer.Context,
    name: Annotated[
        list[str] | None, typer.Argument(help="The command, such as `config check`; none lists them all.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print the JSON Schema of a command's --json output."""
    call = invoked(ctx, as_json=as_json)
    if name:
        print_json(schema_of(" ".join(name)))
    elif call.json:
        print_json(command_names())
    else:
        for each in command_names():
            print_line(each)
