"""The setting that names a ClickHouse."""

from pathlib import Path

import pytest

from watchkeeper.app.settings_problems import SettingsProblemsError
from watchkeeper.app.settings_sources import load_settings
from watchkeeper.app.settings_stores import TelemetrySettings
from watchkeeper.app.workload import workload_settings

SECRET = "keep-this-quiet"


def loaded(folder: Path, url: str) -> TelemetrySettings:
    (folder / "watchkeeper.yaml").write_text(f"telemetry: {{url: '{url}'}}\n")
    found = load_settings(config=None, environment={}, workloads=workload_settings(), folder=folder)
    return found.settings.telemetry


def test_a_clickhouse_is_named_by_url_and_its_password_is_masked(tmp_path: Path) -> None:
    settings = loaded(tmp_path, f"clickhouse://wk:{SECRET}@db.example:8123/telemetry")
    assert settings.url is not None
    assert SECRET in settings.url.get_secret_value()
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"postgresql://wk:{SECRET}@h/db", "begins with clickhouse://, not 'postgresql'"),
        (f"clickhouse://wk:{SECRET}@h:port/db", "port that is no number"),
        (f"clickhouse://wk:{SECRET}@h", "names one database after the host, not ''"),
        (f"clickhouse://wk:{SECRET}@h/a/b", "names one database after the host, not 'a/b'"),
        (f"clickhouse://wk:{SECRET}@/db", "names no host"),
        (f"clickhouses://wk:{SECRET}@h/db?compression=none", "options that are not known: compression"),
    ],
)
def test_a_url_that_is_none_is_told_without_its_password(tmp_path: Path, url: str, told: str) -> None:
    with pytest.raises(SettingsProblemsError) as problems:
        loaded(tmp_path, url)
    text = str(problems.value)
    assert "telemetry.url" in text
    assert told in text
    assert SECRET not in text
