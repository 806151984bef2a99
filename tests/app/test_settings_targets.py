"""Settings of targets, and settings that name a target or a route."""

from pathlib import Path

import pytest
from pydantic import Field

from watchkeeper.app.settings import ModelName, Section
from watchkeeper.app.settings_problems import SettingsProblem, SettingsProblemsError
from watchkeeper.app.settings_sources import load_settings

SECRET = "hush-hush-hush"
MODELS = """
targets: {large: {provider: anthropic, model: m}}
routes: {extract: {targets: [large, baseline]}}
"""


class ReaderSettings(Section):
    """A workload of the tests."""

    reader: ModelName | None = Field(default=None, description="The target or route that reads.")


def problems(folder: Path, yaml: str) -> dict[str, SettingsProblem]:
    (folder / "watchkeeper.yaml").write_text(yaml, encoding="utf-8")
    try:
        load_settings(config=None, environment={}, workloads={"reading": ReaderSettings}, folder=folder)
    except SettingsProblemsError as told:
        return {problem.path: problem for problem in told.problems}
    return {}


@pytest.mark.parametrize(
    "base_url",
    [
        "not a url",
        "ftp://host/v1",
        "http://",
        f"http://user:{SECRET}@host/v1",
        f"http://host/v1?key={SECRET}",
        f"http://host/v1#{SECRET}",
        "http://host:99999999/v1",
        "http://host:0/v1",
    ],
)
def test_a_base_url_that_cannot_work_is_refused_without_repeating_it(tmp_path: Path, base_url: str) -> None:
    told = problems(tmp_path, f"targets: {{large: {{provider: openai, base_url: '{base_url}', model: m}}}}")
    assert set(told) == {"targets.large.base_url"}
    assert SECRET not in str(told)


@pytest.mark.parametrize("name", ["large", "extract"])
def test_a_setting_may_name_a_target_or_a_route(tmp_path: Path, name: str) -> None:
    assert problems(tmp_path, f"{MODELS}workloads: {{reading: {{reader: {name}}}}}") == {}


def test_a_name_that_is_neither_is_told_with_those_there_are(tmp_path: Path) -> None:
    told = problems(tmp_path, f"{MODELS}workloads: {{reading: {{reader: baseline}}}}")
    problem = told["workloads.reading.reader"]
    assert problem.problem == "names a target or route that is not configured"
    assert problem.action == "use one of `targets` and `routes` (extract, large)"
