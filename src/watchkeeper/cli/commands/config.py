"""`wk config`: check, show and describe the settings."""

from dataclasses import dataclass
from typing import Any

import typer

from watchkeeper.app.settings_problems import SettingsProblem, SettingsProblemsError
from watchkeeper.app.settings_view import SettingView, settings_schema, settings_view
from watchkeeper.app.workload import workload_settings
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table

app = command_app("Check, show and describe the settings.", group=True)


@dataclass(frozen=True, slots=True)
class ConfigCheck:
    """What `wk config check --json` prints."""

    ok: bool
    problems: tuple[SettingsProblem, ...]


@dataclass(frozen=True, slots=True)
class ConfigShow:
    """What `wk config show --json` prints."""

    data_dir: str
    settings: tuple[SettingView, ...]


schemas: dict[str, Any] = {
    "config check": ConfigCheck,
    "config show": ConfigShow,
    "config schema": {"description": "The JSON Schema of watchkeeper.yaml.", "type": "object"},
}


@app.command()
def check(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Tell every problem of the settings at once; exits with 1 when there is one."""
    call = invoked(ctx, as_json=as_json)
    problems: tuple[SettingsProblem, ...] = ()
    try:
        call.loaded_settings  # noqa: B018 - reading them is the check
    except SettingsProblemsError as found:
        problems = found.problems
    if call.json:
        print_json(ConfigCheck(ok=not problems, problems=problems))
    elif problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        print_line("\n".join([f"the settings have {count}:", *(f"  - {each.line()}" for each in problems)]))
    else:
        print_line("the settings are fine")
    raise typer.Exit(1 if problems else 0)


@app.command()
def show(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Print every setting with its value and where it comes from; secrets are masked."""
    call = invoked(ctx, as_json=as_json)
    rows = settings_view(call.loaded_settings)
    if call.json:
        print_json(ConfigShow(data_dir=str(call.data_dir), settings=rows))
        return
    print_line(f"data folder: {call.data_dir}")
    print_table(["key", "value", "from"], [(row.key, row.text(), row.source) for row in rows])


@app.command(name="schema")
def schema(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Print the JSON Schema of watchkeeper.yaml."""
    invoked(ctx, as_json=as_json)
    print_json(settings_schema(workload_settings()))
