"""Settings: file, environment over it, and every problem told at once without giving a secret away."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, SecretStr, ValidationError

from watchkeeper.app.settings import Section, Settings, TargetName
from watchkeeper.app.settings_problems import SettingsProblem, SettingsProblemsError
from watchkeeper.app.settings_server import is_loopback
from watchkeeper.app.settings_sources import LoadedSettings, load_settings
from watchkeeper.app.settings_view import settings_view

KEY = "wk-0123456789abcdef"


class ParrotSettings(Section):
    """A workload of the tests."""

    words: int = Field(default=3, ge=1, description="How many words it knows.")
    teacher: TargetName | None = Field(default=None, description="The target that teaches it.")


WORKLOADS = {"team-parrot": ParrotSettings}


def load(folder: Path, yaml: str = "", environment: Mapping[str, str] | None = None) -> LoadedSettings:
    (folder / "watchkeeper.yaml").write_text(yaml, encoding="utf-8")
    return load_settings(config=None, environment=environment or {}, workloads=WORKLOADS, folder=folder)


def problems(
    folder: Path, yaml: str = "", environment: Mapping[str, str] | None = None
) -> dict[str, SettingsProblem]:
    with pytest.raises(SettingsProblemsError) as told:
        load(folder, yaml, environment)
    return {problem.path: problem for problem in told.value.problems}


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    loaded = load_settings(config=None, environment={}, workloads=WORKLOADS, folder=tmp_path)
    assert loaded.settings.server.port == 8787
    assert loaded.settings.workload("team-parrot", ParrotSettings).words == 3
    assert loaded.source_of(("server", "port")) == "default"


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "server:\n  port: 1\ntimezone: Europe/Stockholm\n",
        {"WATCHKEEPER_SERVER__PORT": "2", "WATCHKEEPER_WORKLOADS__TEAM_PARROT__WORDS": "9"},
    )
    assert loaded.settings.server.port == 2
    assert loaded.source_of(("server", "port")) == "environment WATCHKEEPER_SERVER__PORT"
    assert loaded.settings.timezone == "Europe/Stockholm"
    assert loaded.source_of(("timezone",)) == "watchkeeper.yaml:3"
    assert loaded.settings.workload("team-parrot", ParrotSettings).words == 9


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    assert load(tmp_path, "", {"WATCHKEEPER_SERVER__PORT": ""}).settings.server.port == 8787


def test_variables_of_the_command_line_are_no_settings(tmp_path: Path) -> None:
    load(tmp_path, "", {"WATCHKEEPER_DATA_DIR": "x", "WATCHKEEPER_KEY": "y", "WATCHKEEPER_CONFIG": "z"})


def test_strict_observability_and_json_salvage_are_known_by_their_own_names(tmp_path: Path) -> None:
    guards = load(tmp_path, "", {"OBS_STRICT": "0", "JSON_SALVAGE": "1"}).settings.observability
    assert (guards.strict, guards.json_salvage) == (False, True)


def test_a_name_in_braces_is_filled_from_the_environment(tmp_path: Path) -> None:
    yaml = (
        "targets: {small: {provider: openai, base_url: 'http://h', model: 'a-${SIZE}', api_key: '${SECRET}'}}"
    )
    target = load(tmp_path, yaml, {"SIZE": "7b", "SECRET": "s3"}).settings.targets["small"]
    assert target.model == "a-7b"
    assert target.api_key is not None
    assert target.api_key.get_secret_value() == "s3"


def test_a_doubled_dollar_stands_for_itself(tmp_path: Path) -> None:
    yaml = "targets:\n  small: {provider: openai, base_url: 'http://h', model: '$${SIZE}'}\n"
    assert load(tmp_path, yaml).settings.targets["small"].model == "${SIZE}"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        """
timezone: Mars/Olympus
server: {hots: 127.0.0.1, port: 99999}
targets:
  small: {provider: openai, base_url: ftp://h, model: m, api_key: "${NOT_SET}"}
workloads:
  team-parot: {}
  team-parrot: {words: none, teacher: large}
""",
        {"WATCHKEEPER_SERVER__PROT": "1"},
    )
    assert set(told) == {
        "timezone",
        "server.hots",
        "server.port",
        "server.prot",
        "targets.small.base_url",
        "targets.small.api_key",
        "workloads.team-parot",
        "workloads.team-parrot.words",
        "workloads.team-parrot.teacher",
    }
    assert told["server.hots"].action == "did you mean `host`?"
    assert told["server.port"].value == "99999"
    assert told["server.port"].source == "watchkeeper.yaml:3"
    assert told["server.prot"].source == "environment WATCHKEEPER_SERVER__PROT"
    assert told["workloads.team-parot"].action == "did you mean `team-parrot`?"
    assert "small" in told["workloads.team-parrot.teacher"].action
    assert "NOT_SET" in told["targets.small.api_key"].problem


def test_a_key_that_stands_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    told = problems(tmp_path, "server:\n  port: 1\nserver:\n  port: 2\n")
    assert told["server"].problem == "stands twice, on lines 1 and 3"
    assert "server.port" not in told


@pytest.mark.parametrize("text", ["a: [", "- one\n- two\n", "a: &x {b: *x}\n", "\x00"])
def test_a_file_that_is_no_settings_is_one_clear_problem(tmp_path: Path, text: str) -> None:
    assert list(problems(tmp_path, text)) == [""]


def test_a_named_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblemsError, match="cannot be read"):
        load_settings(config=tmp_path / "no.yaml", environment={}, workloads={}, folder=tmp_path)


def test_binding_to_other_machines_needs_a_key(tmp_path: Path) -> None:
    told = problems(tmp_path, "server: {host: 0.0.0.0, port: -1}\n")
    assert set(told) == {"server.keys", "server.port"}
    settings = load(tmp_path, f"server: {{host: 0.0.0.0, keys: [{KEY}]}}\n").settings
    assert settings.server.keys == (SecretStr(KEY),)


def test_a_key_that_could_be_guessed_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = problems(tmp_path, "server: {keys: [wk-short]}\n")
    assert "wk-short" not in told["server.keys"].line()


SECRET = "s3cr3t-value"


@pytest.mark.parametrize(
    "yaml",
    [
        f"server: {{keys: [{SECRET}]}}",
        f"server: {{keys: {SECRET}}}",
        f"server: {{key: {SECRET}}}",
        f"postgres: 'postgresql://u:{SECRET}@h/db'",
        f"postgres: {{url: 'mysql://u:{SECRET}@h/db'}}",
        f"postgres: {{urls: 'postgresql://u:{SECRET}@h/db'}}",
        f"targets: {{small: {SECRET}}}",
        f"targets: {{small: {{provider: openai, base_url: 'http://u:{SECRET}@h', model: m}}}}",
        f"targets: {{small: {{provider: openai, base_url: 'http://h', model: m, apikey: {SECRET}}}}}",
        f"targets: {{small: {{provider: openai, base_url: 'http://h', model: m, api_key: [{SECRET}]}}}}",
        "targets: {small: {provider: '${PASS}', base_url: 'http://h', model: m}}",
        f"{SECRET}: [",
    ],
)
def test_no_problem_repeats_what_may_be_a_secret(tmp_path: Path, yaml: str) -> None:
    with pytest.raises(SettingsProblemsError) as told:
        load(tmp_path, yaml, {"PASS": SECRET})
    assert SECRET not in str(told.value)
    assert SECRET not in str(told.value.body())
    assert SECRET not in repr(told.value)


def test_secrets_are_masked_wherever_settings_are_printed(tmp_path: Path) -> None:
    yaml = f"""
server: {{keys: [{KEY}]}}
postgres: {{url: 'postgresql://u:{SECRET}@h/db'}}
targets: {{small: {{provider: openai, base_url: 'http://h', model: m, api_key: {SECRET}}}}}
"""
    loaded = load(tmp_path, yaml)
    printed = (
        f"{loaded.settings!r} {loaded.settings} {settings_view(loaded)} {loaded.settings.model_dump_json()}"
    )
    assert SECRET not in printed
    assert KEY not in printed
    assert "**********" in printed


def test_the_view_has_every_value_with_its_source(tmp_path: Path) -> None:
    rows = {row.key: row for row in settings_view(load(tmp_path, "content: {opt_out: [team-parrot]}\n"))}
    assert rows["content.opt_out"].value == ["team-parrot"]
    assert rows["content.opt_out"].source == "watchkeeper.yaml:1"
    assert rows["workloads.team-parrot.words"].text() == "3"


def test_settings_never_change(tmp_path: Path) -> None:
    settings = load(tmp_path).settings
    with pytest.raises(ValidationError):
        settings.timezone = "UTC"  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.targets["x"] = None  # type: ignore[index]


def test_a_target_named_baseline_is_refused(tmp_path: Path) -> None:
    told = problems(tmp_path, "targets: {baseline: {provider: openai, base_url: 'http://h', model: m}}\n")
    assert "baseline" in told["targets"].problem


@given(port=st.integers(min_value=0, max_value=65535), days=st.integers(min_value=1, max_value=9999))
def test_what_the_environment_says_is_what_stands_in_the_settings(port: int, days: int) -> None:
    loaded = load_settings(
        config=None,
        environment={
            "WATCHKEEPER_SERVER__PORT": str(port),
            "WATCHKEEPER_CONTENT__RETENTION_DAYS": str(days),
            "WATCHKEEPER_CONTENT__OPT_OUT": '["a", "b"]',
        },
        workloads={},
        folder=Path("/nonexistent"),
    )
    assert (loaded.settings.server.port, loaded.settings.content.retention_days) == (port, days)
    assert loaded.settings.content.opt_out == ("a", "b")


@given(text=st.text(max_size=200))
def test_any_file_is_settings_or_a_list_of_problems(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        assert isinstance(load(folder, text.replace("\ud800", "")).settings, Settings)
    except SettingsProblemsError as told:
        assert told.problems


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.2", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("h", False)],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
