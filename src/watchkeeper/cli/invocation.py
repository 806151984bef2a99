"""What a command knows when it begins: the global options, the data folder, the settings."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from watchkeeper.app.settings import Settings
    from watchkeeper.app.settings_sources import LoadedSettings

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON; `wk schema` tells its form.")]
"""The option every command has."""


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One call of `wk`."""

    config: Path | None
    """`--config`, else `WATCHKEEPER_CONFIG`."""
    data_dir: Path
    """Absolute."""
    server: str | None
    """`--server`, else `WATCHKEEPER_SERVER_URL`: another machine's server."""
    key: str | None = field(repr=False)
    """`--key`, else `WATCHKEEPER_KEY`."""
    environment: Mapping[str, str] = field(repr=False)
    working: Path
    """The folder `wk` was called in."""
    json: bool = False

    @cached_property
    def loaded_settings(self) -> "LoadedSettings":
        """The settings with their sources, read once.

        Raises:
            SettingsProblemsError: Something is wrong with them.
        """
        return self.read_settings()

    def read_settings(self) -> "LoadedSettings":
        """The settings as they stand now, read anew.

        Raises:
            SettingsProblemsError: Something is wrong with them.
        """
        from watchkeeper.app.settings_sources import load_settings
        from watchkeeper.app.workload import workload_settings

        return load_settings(
            config=self.config,
            environment=self.environment,
            workloads=workload_settings(),
            folder=self.working,
        )

    @property
    def settings(self) -> "Settings":
        """The settings; raises as `loaded_settings` does."""
        return self.loaded_settings.settings

    def own_command(self, *arguments: str) -> tuple[str, ...]:
        """The command line of another `wk` on the same settings and data folder."""
        config = () if self.config is None else ("--config", str(self.config))
        return (
            *(sys.executable, "-m", "watchkeeper.cli"),
            *(*config, "--data-dir", str(self.data_dir)),
            *arguments,
        )


def invocation_of(
    *, config: Path | None, data_dir: Path | None, server: str | None, key: str | None
) -> Invocation:
    """The invocation that the global options and the environment make."""
    from watchkeeper.app.data_folder import data_folder
    from watchkeeper.app.environment import process_environment

    environment = process_environment()
    working = Path.cwd()
    chosen = config or (
        Path(environment["WATCHKEEPER_CONFIG"]) if environment.get("WATCHKEEPER_CONFIG") else None
    )
    return Invocation(
        config=None if chosen is None else working / chosen,
        data_dir=data_folder(data_dir, environment, working),
        server=server or environment.get("WATCHKEEPER_SERVER_URL") or None,
        key=key or environment.get("WATCHKEEPER_KEY") or None,
        environment=environment,
        working=working,
    )


def invoked(ctx: typer.Context, *, as_json: bool) -> Invocation:
    """The invocation behind a command's context, with its `--json`."""
    found = ctx.find_root().obj
    assert isinstance(found, Invocation)
    return replace(found, json=as_json)
