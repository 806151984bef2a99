"""`wk`: the global options, and one clear sentence for everything that goes wrong."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.invocation import invocation_of
from watchkeeper.cli.lazy_group import LazyGroup
from watchkeeper.domain.errors import InvalidInputError, SettingsError, WatchkeeperError

NOT_FINE = 1
"""Exit code: the thing checked is not fine, or what was asked for could not be done."""
USED_WRONGLY = 2
"""Exit code: no such command, option or value."""
INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of SIGINT, as shells have it."""

app = typer.Typer(
    cls=LazyGroup,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"watchkeeper {version('watchkeeper')}")
        raise typer.Exit


@app.callback()
def wk(  # noqa: PLR0917 - typer reads the options off the parameters
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="The settings file; else WATCHKEEPER_CONFIG, else watchkeeper.yaml here."),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="The data folder; else WATCHKEEPER_DATA_DIR, else .watchkeeper here.")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Another machine's server; else WATCHKEEPER_SERVER_URL."),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="The key that server asks for, seen by `ps`; better WATCHKEEPER_KEY.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Watchkeeper keeps LLM systems running in production and makes them better.

    Every command exits with 0 when all is fine, 1 when what it checked is not, 2 when it was used wrongly.
    """
    ctx.obj = invocation_of(config=config, data_dir=data_dir, server=server, key=key)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `wk` and end the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=given, prog_name="wk")
    except WatchkeeperError as error:
        _end(error, given)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except OSError as failure:
        from watchkeeper.cli.unwritable import told_of

        told = told_of(failure)
        if told is None:
            raise
        _end(told, given)


def exit_code(error: WatchkeeperError) -> int:
    """The exit code an error ends a command with."""
    return USED_WRONGLY if isinstance(error, InvalidInputError | SettingsError) else NOT_FINE


def _end(error: WatchkeeperError, given: Sequence[str]) -> None:
    from watchkeeper.cli.printing import print_error

    print_error(error, as_json="--json" in given)
    sys.exit(exit_code(error))


if __name__ == "__main__":
    main()
