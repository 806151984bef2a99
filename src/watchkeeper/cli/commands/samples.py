"""`wk samples`: reports of invented associations, to try and to test with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.workloads.annual_reports.samples.book import write_samples

app = command_app("Make sample reports of invented associations.", group=True)


@dataclass(frozen=True, slots=True)
class Samples:
    """What `wk samples make --json` prints."""

    files: tuple[str, ...]
    labels: str


schemas: dict[str, Any] = {"samples make": Samples}


@app.callback()
def _group() -> None:
    """Keep `make` a command of its own, though it is the only one."""


@app.command()
def make(
    *,
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to write them, with their labels.json.")],
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="The first one's seed; it decides the report.")] = 1,
    scanned: Annotated[int, typer.Option(min=0, help="How many of them are pictures without text.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Make seeded sample reports in several layouts, and the labels that say what they state."""
    call = invoked(ctx, as_json=as_json)
    seeds = range(seed, seed + count)
    paths = write_samples(folder, seeds, scanned=seeds[count - min(scanned, count) :])
    labels = folder / "labels.json"
    if call.json:
        print_json(Samples(files=tuple(str(path) for path in paths), labels=str(labels)))
        return
    print_line(f"{len(paths)} reports in {folder}, and what they state in {labels.name}")
