"""Who gives a command, for audits."""

import getpass
from typing import Annotated

import typer

from watchkeeper.cli.invocation import Invocation

ByOption = Annotated[str | None, typer.Option(help="Who does it; else the key's name, else this user.")]
ReasonOption = Annotated[str | None, typer.Option(help="Why; it is kept for ever.")]
ReasonNeeded = Annotated[str, typer.Option(help="Why; it is kept for ever.")]


def by_whom(call: Invocation, named: str | None) -> str | None:
    """Who to tell the server: whoever is named, else this machine's user; None where a key tells it."""
    if named is not None or call.key is not None:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return None
