"""A group of commands that imports a command's module only when the command is called."""

from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from watchkeeper.cli.command_table import COMMANDS, CommandEntry

_WHOLE = 1000
"""Characters no first sentence has."""


class LazyGroup(TyperGroup):
    """`wk` itself: its commands stand in the command table."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.entries = {entry.name: entry for entry in COMMANDS}
        # Only the names are read from here before a command is called: for "did you mean".
        self.commands = cast("dict[str, Any]", dict.fromkeys(self.entries))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """The names, in the table's order."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        """The command, its module imported now; None when there is none of that name."""
        entry = self.entries.get(cmd_name)
        return None if entry is None else loaded(entry)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's signature
        """Write the names and lines of the table, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.help) for entry in self.entries.values()])

    def invoke(self, ctx: Any) -> Any:
        """Call the command; an option of `wk` itself that comes after it is told where it belongs."""
        try:
            return super().invoke(ctx)
        except Exception as wrong:  # typer has no public class for it; all are raised again
            option = getattr(wrong, "option_name", None)
            if option in {name for parameter in self.params for name in parameter.opts}:
                told: Any = wrong
                told.possibilities = None
                told.message = (
                    f"{option} belongs before the command: `wk {option} … {ctx.invoked_subcommand} …`"
                )
            raise


class WholeHelpGroup(TyperGroup):
    """A group of commands whose help says the whole sentence on each, however long."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the names and first sentences, broken into lines where typer would cut them off."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, self.commands[name].get_short_help_str(_WHOLE))
                    for name in self.list_commands(ctx)
                    if not self.commands[name].hidden
                ]
            )


def loaded(entry: CommandEntry) -> Any:
    """A command as typer builds it, from its module."""
    command = get_command(module_app(entry))
    command.name = entry.name
    return command


def module_app(entry: CommandEntry) -> typer.Typer:
    """The typer application of a command's module."""
    app = import_module(entry.module).app
    assert isinstance(app, typer.Typer)
    return app


def command_app(help_text: str, *, group: bool = False) -> typer.Typer:
    """A typer application as all our commands are: plain text, no completion options.

    Args:
        help_text: What `--help` says first; needed for a group, a command has its docstring.
        group: Whether it holds several commands; otherwise the only one is the command itself.
    """
    return typer.Typer(
        cls=WholeHelpGroup if group else None,
        help=help_text,
        rich_markup_mode=None,
        add_completion=False,
        no_args_is_help=group,
        pretty_exceptions_enable=False,
    )
