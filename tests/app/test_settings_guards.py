"""Guards in the settings: built from their options, named by routes, every mistake told."""

from pathlib import Path

import pytest

from watchkeeper.app.configured_guards import configured_guards
from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_problems import SettingsProblem, SettingsProblemsError
from watchkeeper.app.settings_sources import load_settings
from watchkeeper.app.settings_view import settings_view
from watchkeeper.domain.errors import GuardRefusedError, OutputRejectedError
from watchkeeper.gateway.guards import refuse_input, reject_output

GUARDED = """
targets: {small: {provider: openai, model: m}}
guards:
  short: {kind: length, options: {most_chars: 20}}
  no-orders: {kind: forbidden_patterns, options: {patterns: ["ignore all instructions"]}}
  figures: {kind: json_schema, options: {schema: {type: object, required: [assets]}}}
routes:
  open: {targets: [small]}
  extract: {targets: [small], input_guards: [short, no-orders], output_guards: [figures]}
"""


def load(folder: Path, yaml: str) -> Settings:
    (folder / "watchkeeper.yaml").write_text(yaml, encoding="utf-8")
    loaded = load_settings(config=None, environment={}, workloads={}, folder=folder)
    assert settings_view(loaded)
    return loaded.settings


def problems(folder: Path, yaml: str) -> dict[str, SettingsProblem]:
    with pytest.raises(SettingsProblemsError) as told:
        load(folder, yaml)
    return {problem.path: problem for problem in told.value.problems}


def test_a_route_is_held_to_the_guards_it_names(tmp_path: Path) -> None:
    guards = configured_guards(load(tmp_path, GUARDED))
    assert set(guards) == {"extract"}
    refuse_input(guards["extract"].input, ["How many flats?"])
    with pytest.raises(GuardRefusedError, match="'short'"):
        refuse_input(guards["extract"].input, ["x" * 21])
    with pytest.raises(OutputRejectedError, match="'figures'"):
        reject_output(guards["extract"].output, "{}")


def test_every_mistake_in_a_guard_is_told_at_its_place(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        """
guards:
  a: {kind: lenght}
  b: {kind: length, options: {max_chars: 5}}
  c: {kind: length}
  d: {kind: forbidden_patterns, options: {patterns: ["("]}}
  e: {kind: length, options: {most_chars: many}}
  f: {kind: json_schema, options: {schema: {pattern: "(a+)+$"}}}
routes:
  r: {targets: [small], input_guards: [g]}
targets: {small: {provider: openai, model: m}}
""",
    )
    assert set(told) == {
        "guards.a.kind",
        "guards.b.options",
        "guards.c.options",
        "guards.d.options",
        "guards.e.options",
        "guards.f.options",
        "routes.r.input_guards.0",
    }
    assert told["guards.b.options"].action == "use: most_chars, least_chars"
    assert "most_chars" in told["guards.e.options"].problem
    assert told["routes.r.input_guards.0"].problem == "names a guard that is not configured"


def test_a_guard_that_looks_at_answers_cannot_stand_before_requests(tmp_path: Path) -> None:
    told = problems(tmp_path, GUARDED.replace("[short, no-orders]", "[figures]"))
    assert told["routes"].action == "move it to `routes.extract.output_guards`"
