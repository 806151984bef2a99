"""The labelled reports that `wk coach run` and `wk coach demo` take."""

from pathlib import Path
from typing import Annotated

import typer

ReportsOption = Annotated[Path | None, typer.Option(help="A folder of labelled reports.")]
LabelsOption = Annotated[Path | None, typer.Option(help="A labels.json: what the reports state.")]
