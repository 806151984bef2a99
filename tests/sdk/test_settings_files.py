"""What `init` is told: by arguments, two files, the environment; wrong words are told all at once."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.domain.errors import SettingsError
from watchkeeper.sdk.environment import VARIABLES
from watchkeeper.sdk.options import Options, options_of
from watchkeeper.sdk.settings_files import LOGGING, MONITORING


@pytest.mark.requirement("HE-18")
def test_two_files_say_how_to_monitor_and_how_to_log(begin: Any, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "monitoring.yaml").write_text("release: r9\nretention_s: 120\nmetrics_every_s: 5\n")
    (folder / "logging.yaml").write_text(f"folder: {tmp_path / 'elsewhere'}\nkeep: 3\nquery_text: false\n")
    handle = begin(settings_dir=folder, retention_s=240.0)

    options = handle.options
    assert (options.release, options.metrics_every_s, options.log_keep) == ("r9", 5, 3)
    assert options.retention_s == 240.0, "an argument goes before the file"
    assert (tmp_path / "elsewhere" / "queries.jsonl").exists()
    assert not options.keep_query_text


def test_all_that_is_wrong_is_told_at_once(begin: Any, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "monitoring.yaml").write_text("retention: 60\n")
    (folder / "logging.yaml").write_text("- a list\n")
    with pytest.raises(SettingsError) as refused:
        begin(settings_dir=folder)
    assert "unknown key 'retention'" in refused.value.message
    assert "holds a list, not keys and values" in refused.value.message


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"workload": "Test App"}, "workload is lower-case words"),
        ({"endpoint": "localhost:8787"}, "endpoint is an address"),
        ({"endpoint": "http://host:99999"}, "endpoint is an address"),
        ({"endpoint": "http://bo:secret@host:8787"}, "without a user or password"),
        ({"send_logs_from": "loud"}, "send_logs_from is one of"),
        ({"retention_s": 0}, "retention_s must be above 0"),
        ({"retention_s": float("nan")}, "retention_s is a number"),
        ({"log_keep": 1.5}, "log_keep is a whole number"),
        ({"export": "yes"}, "export is true or false"),
        ({"redact": "all"}, "redact is a function"),
        ({"spool": "x"}, "'spool' is no option"),
        ({"snapshot": 7}, "snapshot is a path"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(told: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        options_of({**told, "max_waiting": -1}, environment={})
    assert problem in refused.value.message
    assert "max_waiting must be above 0" in refused.value.message


def test_the_environment_says_what_nobody_else_did(begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHKEEPER_ENDPOINT", "http://127.0.0.1:9/base/")
    monkeypatch.setenv("WATCHKEEPER_KEY", "wk-from-the-environment")
    monkeypatch.setenv("WATCHKEEPER_WORKLOAD", "not-this")
    options = begin().options
    assert (options.endpoint, options.api_key) == ("http://127.0.0.1:9/base/", "wk-from-the-environment")
    assert options.workload == "test-app"


def test_the_key_is_never_printed() -> None:
    assert "secret" not in repr(Options(api_key="wk-secret"))


def test_every_option_is_told_of_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sdk.md").read_text(encoding="utf-8")
    for field in dataclasses.fields(Options):
        assert f"`{field.name}`" in page, f"docs/sdk.md says nothing of {field.name}"
    for key in (*MONITORING, *LOGGING):
        assert f"`{key}`" in page, f"docs/sdk.md says nothing of the key {key}"
    for variable in VARIABLES.values():
        assert variable in page
