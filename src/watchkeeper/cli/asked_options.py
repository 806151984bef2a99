"""The options that say which time, zone and workload a command asks about."""

from typing import Annotated

import typer

SinceOption = Annotated[
    str | None,
    typer.Option(help="Where it begins: -24h, -7d, today, yesterday, 2026-11, 2026-11-28, or an instant."),
]
UntilOption = Annotated[
    str | None,
    typer.Option(help="Where it ends; a day or month named here is inside, whole. Now if not given."),
]
TimezoneOption = Annotated[
    str | None, typer.Option(help="Whose days are meant; the settings' `timezone` if not given.")
]
WorkloadOption = Annotated[str | None, typer.Option(help="Only this workload's.")]
