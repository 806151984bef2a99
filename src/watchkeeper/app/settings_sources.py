"""Loading the settings: file, environment over it, defaults under it; all problems told at once."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from watchkeeper.app.settings import Section, Settings
from watchkeeper.app.settings_environment import put, settings_variables
from watchkeeper.app.settings_file import KeyPath, SettingsFile, read_settings_file
from watchkeeper.app.settings_problems import SettingsProblem, SettingsProblemsError
from watchkeeper.app.settings_references import BadName, names_meeting, unknown_names
from watchkeeper.app.settings_tree import WILDCARDS, SettingsTree

FILE_NAME = "watchkeeper.yaml"


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings and where each value came from."""

    settings: Settings
    sources: Mapping[KeyPath, str]
    """The file and line or the variable of every key that was set; the others are defaults."""
    tree: SettingsTree

    def source_of(self, path: KeyPath) -> str:
        """Where the value at a path came from."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.sources:
                return self.sources[path[:length]]
        return "default"


def load_settings(
    *,
    config: Path | None,
    environment: Mapping[str, str],
    workloads: Mapping[str, type[Section]],
    folder: Path,
) -> LoadedSettings:
    """Load the settings.

    Args:
        config: The file; None for `watchkeeper.yaml` in `folder`, which may be absent.
        environment: All variables of the environment.
        workloads: The settings model of each workload, by its id.
        folder: Where `watchkeeper.yaml` is looked for.

    Raises:
        SettingsProblemsError: Something is wrong; it lists everything that is.
    """
    tree = SettingsTree(workloads)
    path = config or folder / FILE_NAME
    file = read_settings_file(path, environment) if config or path.exists() else SettingsFile(name=path.name)
    variables, problems = settings_variables(environment, tree)
    values = file.values
    sources = {key: f"{file.name}:{line}" for key, line in file.lines.items()}
    for variable in variables:
        put(values, variable.path, variable.value)
        for key in [key for key in sources if key[: len(variable.path)] == variable.path]:
            del sources[key]
        sources[variable.path] = f"environment {variable.name}"
    judge = _Judge(tree, file, sources)
    settings, found = judge.judge(values)
    every = [*file.problems, *problems, *found]
    if settings is None or every:
        raise SettingsProblemsError(every)
    return LoadedSettings(settings=settings, sources=sources, tree=tree)


class _Judge:
    """Validates the values and words what is wrong with them."""

    def __init__(self, tree: SettingsTree, file: SettingsFile, sources: Mapping[KeyPath, str]) -> None:
        self._tree = tree
        self._file = file
        self._sources = sources
        self._told = {tuple(problem.path.split(".")) for problem in file.problems}

    def judge(self, values: Mapping[str, object]) -> tuple[Settings | None, list[SettingsProblem]]:
        """The settings, unless there are problems."""
        rest = {key: value for key, value in values.items() if key != "workloads"}
        sections, problems = self._workloads(values.get("workloads"))
        problems.extend(self._bad_names(values))
        try:
            return Settings.model_validate({**rest, "workloads": sections}), problems
        except ValidationError as failure:
            return None, [*self._problems_of(failure, ()), *problems]

    def _workloads(self, given: object) -> tuple[dict[str, Section], list[SettingsProblem]]:
        """Each workload's section by its own model; one that is not mentioned has its defaults."""
        problems: list[SettingsProblem] = []
        if given is not None and not isinstance(given, dict):
            problems.append(self._problem(("workloads",), "is not a mapping", "write it as `id: {…}`"))
        mentioned: dict[str, Any] = given if isinstance(given, dict) else {}
        for name in mentioned:
            if name not in self._tree.workloads:
                path = ("workloads", name)
                problems.append(self._unknown(path, tuple(self._tree.workloads), "workload"))
        sections = {}
        for workload_id, model in self._tree.workloads.items():
            try:
                sections[workload_id] = model.model_validate(mentioned.get(workload_id) or {})
            except ValidationError as failure:
                problems.extend(self._problems_of(failure, ("workloads", workload_id)))
        return sections, problems

    def _problems_of(self, failure: ValidationError, under: KeyPath) -> Iterator[SettingsProblem]:
        for error in failure.errors(include_url=False):
            path = (*under, *(str(part) for part in error["loc"]))
            if path in self._told:
                continue
            if error["type"] == "extra_forbidden":
                yield self._unknown(path, self._tree.names_under(path[:-1]), "key")
            elif error["type"] == "missing":
                yield self._problem(path, "is needed and is not there", self._remedy(path))
            elif error["type"] == "refused":
                context = error["ctx"]
                yield self._problem(path, context["message"], context["action"], value=error["input"])
            else:
                told = _worded(error["type"], error["msg"])
                yield self._problem(path, told, self._remedy(path), value=error["input"])

    def _remedy(self, path: KeyPath) -> str:
        key = self._tree.find(path)
        names = self._tree.names_under(path)
        if key is not None:
            return f"give a {key.type}" if not key.type.startswith(("`", "true")) else f"give {key.type}"
        return f"write a mapping with {', '.join(names)}" if names else "see docs/settings.md"

    def _unknown(self, path: KeyPath, known: Sequence[str], what: str) -> SettingsProblem:
        near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.6)
        if near:
            action = f"did you mean `{near[0]}`?"
        else:
            action = f"take it out; known here: {', '.join(sorted(known)) or 'none'}"
        return self._problem(path, f"is not a {what}", action)

    def _problem(self, path: KeyPath, problem: str, action: str, *, value: object = None) -> SettingsProblem:
        return SettingsProblem(
            path=".".join(path),
            problem=problem,
            action=action,
            source=self._source(path),
            value=self._shown(path, value),
        )

    def _source(self, path: KeyPath) -> str:
        for length in range(len(path), 0, -1):
            if path[:length] in self._sources:
                return self._sources[path[:length]]
        return self._file.name if self._file.values else "default"

    def _shown(self, path: KeyPath, value: object) -> str | None:
        """The value, unless showing it could give away a secret: only of keys known to hold none."""
        key = self._tree.find(path)
        if key is None or key.secret or path in self._file.hidden or "url" in path[-1]:
            return None
        return repr(value) if isinstance(value, str | int | float | bool) else None

    def _bad_names(self, values: Mapping[str, object]) -> Iterator[SettingsProblem]:
        for key in self._tree.every_key():
            if key.reference is not None:
                found = unknown_names(values, key.path, key.reference, WILDCARDS)
                yield from (self._of_name(bad) for bad in found)
        yield from (self._of_name(bad) for bad in names_meeting(values))

    def _of_name(self, bad: BadName) -> SettingsProblem:
        return self._problem(bad.path, bad.problem, bad.action, value=bad.value)


_MAPPING_EXPECTED = frozenset({"model_type", "dict_type", "mapping_type", "model_attributes_type"})


def _worded(kind: str, message: str) -> str:
    """Pydantic's message, to follow the key's name."""
    return "is not a mapping" if kind in _MAPPING_EXPECTED else message.removeprefix("Input ").strip()
