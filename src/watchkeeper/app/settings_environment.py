"""Settings from the environment: `WATCHKEEPER_SERVER__PORT=9000` is `server.port`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watchkeeper.app.settings_file import KeyPath
from watchkeeper.app.settings_problems import SettingsProblem
from watchkeeper.app.settings_tree import SettingsTree

PREFIX = "WATCHKEEPER_"
SEPARATOR = "__"
NOT_SETTINGS: Mapping[str, str] = {
    "WATCHKEEPER_CONFIG": "the settings file, as `--config`",
    "WATCHKEEPER_DATA_DIR": "the data folder, as `--data-dir`",
    "WATCHKEEPER_SERVER_URL": "another machine's server, as `--server`",
    "WATCHKEEPER_KEY": "the key to send to the server, as `--key`",
    "WATCHKEEPER_GOLDEN": "tells the tests to rewrite their golden files",
}
"""Variables with our prefix that are no settings, each with what it is."""
ALIASES: Mapping[str, KeyPath] = {
    "OBS_STRICT": ("observability", "strict"),
    "JSON_SALVAGE": ("observability", "json_salvage"),
}
"""Variables known by their own name (requirement rows GF-47 and GF-48)."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment that sets something."""

    name: str
    path: KeyPath
    value: object


def settings_variables(
    environment: Mapping[str, str], tree: SettingsTree
) -> tuple[tuple[Variable, ...], tuple[SettingsProblem, ...]]:
    """The variables that set something, and what is wrong with others; an empty one counts as unset.

    Args:
        environment: All variables.
        tree: The keys there are; names are matched to them ignoring case and `-` against `_`.
    """
    variables, problems = [], []
    for name, path in _candidates(environment, tree):
        text = environment[name]
        try:
            variables.append(Variable(name, path, _value(text)))
        except json.JSONDecodeError as failure:
            problems.append(
                SettingsProblem(
                    path=".".join(path),
                    problem=f"begins like JSON but is not: {failure.msg} at character {failure.pos}",
                    action='write a list as ["one", "two"]',
                    source=f"environment {name}",
                )
            )
    return tuple(variables), tuple(problems)


def _candidates(environment: Mapping[str, str], tree: SettingsTree) -> Iterator[tuple[str, KeyPath]]:
    for name in sorted(environment):
        if not environment[name] or name in NOT_SETTINGS:
            continue
        if name in ALIASES:
            yield name, ALIASES[name]
        elif name.startswith(PREFIX):
            yield name, tree.spelled(tuple(name.removeprefix(PREFIX).lower().split(SEPARATOR)))


def _value(text: str) -> object:
    """A list or mapping is JSON; everything else is text that its key's type reads."""
    return json.loads(text) if text[:1] in ("[", "{") else text


def put(values: dict[str, object], path: KeyPath, value: object) -> None:
    """Set a value deep in a nested mapping, over what stands there."""
    here = values
    for part in path[:-1]:
        inner = here.get(part)
        if not isinstance(inner, dict):
            inner = {}
            here[part] = inner
        here = inner
    here[path[-1]] = value
