"""The shell of `wk`: quick help, one clear sentence for every error, exit codes 0, 1 and 2."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from watchkeeper.cli.command_table import COMMANDS
from watchkeeper.cli.lazy_group import loaded
from watchkeeper.cli.main import app, exit_code
from watchkeeper.cli.schemas import command_names, schema_of
from watchkeeper.domain.errors import ConflictError, InvalidInputError, SettingsError

if TYPE_CHECKING:
    from conftest import Wk


def test_help_names_every_command_and_imports_none() -> None:
    code = (
        "import sys; from watchkeeper.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "known = ('pydantic', 'rich', 'httpx', 'fastapi', 'yaml')\n"
        "heavy = [m for m in sys.modules if m.split('.')[0] in known\n"
        "         or m.startswith(('watchkeeper.cli.commands', 'watchkeeper.app'))]\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for entry in COMMANDS:
        assert f"  {entry.name} " in done.stdout
        assert entry.help in " ".join(done.stdout.split())


def test_the_readme_names_every_command() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert [entry.name for entry in COMMANDS if f"`wk {entry.name}" not in readme] == []


def test_help_imports_no_command() -> None:
    """What keeps it fast; how fast it is stands in the benchmarks."""
    code = (
        "import sys\n"
        "from watchkeeper.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith(('watchkeeper.cli.commands.', 'httpx'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command that runs, by its full name; groups may hold groups."""
    inner = getattr(command, "commands", None)
    if not inner:
        yield name, command
        return
    for each, its in inner.items():
        yield from leaves(f"{name} {each}", its)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_has_help_json_and_a_schema(entry: object) -> None:
    command = loaded(entry)  # type: ignore[arg-type]
    for full, each in leaves(command.name, command):
        assert each.help, f"wk {full} has no help"
        assert "--json" in [option for param in each.params for option in param.opts], (
            f"wk {full} lacks --json"
        )
        assert schema_of(full)["title"] == f"wk {full} --json"


def test_the_schema_command_lists_and_describes() -> None:
    listed = CliRunner().invoke(app, ["schema"])
    assert listed.stdout.split("\n")[:-1] == list(command_names())
    described = CliRunner().invoke(app, ["schema", "config", "check"])
    assert json.loads(described.stdout)["properties"]["ok"]["type"] == "boolean"


def test_exit_codes_tell_wrong_use_from_what_is_not_fine() -> None:
    assert exit_code(InvalidInputError("x")) == 2
    assert exit_code(SettingsError("x")) == 2
    assert exit_code(ConflictError("x")) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["--no-such-option"],
        ["config"],
        ["server", "--port", "70000"],
        ["schema", "no"],
        ["alerts", "history", "--hours", "-3"],
        ["demo", "--reports", "no-such-folder"],
    ],
)
def test_wrong_use_exits_with_2_and_no_traceback(wk: "Wk", arguments: list[str]) -> None:
    done = wk.run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_misspelled_command_gets_a_suggestion(wk: "Wk") -> None:
    assert "'config'" in wk.run("confg").stderr


def test_an_option_of_wk_itself_after_the_command_is_told_where_it_belongs(wk: "Wk") -> None:
    done = wk.run("rules", "list", "--data-dir", "elsewhere")
    assert done.returncode == 2
    assert "--data-dir belongs before the command: `wk --data-dir … rules …`" in done.stderr
    assert "No such option: --wrong" in wk.run("rules", "list", "--wrong").stderr


def test_the_help_of_a_group_says_whole_sentences(wk: "Wk") -> None:
    told = " ".join(wk.run("eval", "--help").stdout.split())
    assert "Compare two runs item by item; exits with 1 when the second is worse by any scorer." in told


def test_invalid_settings_are_told_before_anything_starts(wk: "Wk") -> None:
    (wk.folder / "watchkeeper.yaml").write_text("server: {prot: 1}\n", encoding="utf-8")
    done = wk.run("up")
    assert done.returncode == 2
    assert "server.prot is not a key (watchkeeper.yaml:1); did you mean `port`?" in done.stderr
    assert not wk.data_dir.exists()


def test_an_error_is_json_when_json_was_asked_for(wk: "Wk") -> None:
    (wk.folder / "watchkeeper.yaml").write_text("server: {prot: 1}\n", encoding="utf-8")
    told = json.loads(wk.run("up", "--json").stderr)["error"]
    assert told["code"] == "invalid_settings"
    assert told["problems"][0]["path"] == "server.prot"


def test_config_check_tells_all_problems_and_exits_with_1(wk: "Wk") -> None:
    (wk.folder / "watchkeeper.yaml").write_text("server: {prot: 1}\ntimezone: X\n", encoding="utf-8")
    done = wk.run("config", "check", "--json")
    assert done.returncode == 1
    assert [problem["path"] for problem in json.loads(done.stdout)["problems"]] == ["timezone", "server.prot"]


def test_config_check_of_a_good_file_is_fine(wk: "Wk") -> None:
    assert wk.json("config", "check") == {"ok": True, "problems": []}


def test_config_show_has_values_with_sources_and_masks_secrets(tmp_path: Path, wk: "Wk") -> None:
    (wk.folder / "watchkeeper.yaml").write_text("server: {keys: [wk-0123456789abcdef]}\n", encoding="utf-8")
    done = wk.run("config", "show")
    assert "wk-0123456789abcdef" not in done.stdout
    assert "watchkeeper.yaml:1" in done.stdout
    assert str(wk.data_dir) in done.stdout


def test_config_schema_is_a_json_schema(wk: "Wk") -> None:
    assert "server" in wk.json("config", "schema")["properties"]


def test_stopping_a_run_has_a_help_and_arguments_of_its_own() -> None:
    told = CliRunner().invoke(app, ["run", "stop", "--help"], prog_name="wk").stdout
    assert told.startswith("Usage: wk run stop [OPTIONS] {RUN}")
    assert "--resume RUN" in told and "--workers" not in told
    assert CliRunner().invoke(app, ["run", "stop"]).exit_code == 2
    wrong = CliRunner().invoke(app, ["run", "--json", "stop", "yesterday's"])
    assert isinstance(wrong.exception, InvalidInputError)
    assert "is not a run id" in str(wrong.exception)
