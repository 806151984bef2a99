"""`wk down`: stops everything of a data folder."""

from dataclasses import dataclass
from typing import Any

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.stopping import Stopped, stop_everything
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line

app = command_app("")


@dataclass(frozen=True, slots=True)
class Down:
    """What `wk down --json` prints."""

    data_dir: str
    stopped: tuple[Stopped, ...]


schemas: dict[str, Any] = {"down": Down}


@app.command()
def down(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Stop everything that runs on this data folder, and wait until it has ended."""
    call = invoked(ctx, as_json=as_json)
    stopped = stop_everything(call.data_dir, SystemClock())
    if call.json:
        print_json(Down(data_dir=str(call.data_dir), stopped=stopped))
        return
    if not stopped:
        print_line(f"nothing runs on {call.data_dir}")
    for each in stopped:
        how = "killed, it did not stop in time" if each.forced else "stopped"
        print_line(f"{how}: {each.name}, process {each.pid}" + (f", {each.url}" if each.url else ""))
