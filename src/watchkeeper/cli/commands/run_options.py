"""The arguments and options of `wk run`."""

from pathlib import Path
from typing import Annotated

import typer

Workload = Annotated[str, typer.Argument(help="The workload's id.")]
Output = Annotated[Path, typer.Option(help="Where result lines are appended.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many documents.")]
DocIds = Annotated[list[int] | None, typer.Option(help="A document of the corpus by its number.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; else the setting.")]
Resume = Annotated[str | None, typer.Option(metavar="RUN", help="Skip what this run finished.")]
Production = Annotated[bool, typer.Option("--production", help="Only after a passing pre-flight.")]
Coach = Annotated[bool, typer.Option("--coach/--no-coach", help="Coaching; off unless asked for.")]
RunLabels = Annotated[Path | None, typer.Option(help="A labels.json to score against.")]
Following = Annotated[
    int | None, typer.Option("--next", min=1, help="The next so many unread documents of the corpus.")
]
MaxRounds = Annotated[
    int | None, typer.Option(min=1, help="Rounds of coaching an agent and document, at most.")
]
Recover = Annotated[
    bool, typer.Option("--recover", help="One document without coaching, to see that all is well again.")
]
Instructions = Annotated[
    str | None, typer.Option(help="Read with these (shipped, or a saved name), whatever release is live.")
]
