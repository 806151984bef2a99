"""The settings shown: the effective tree with sources, its JSON Schema, and the page that documents it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from watchkeeper.app.settings import Section, Settings
from watchkeeper.app.settings_environment import ALIASES, NOT_SETTINGS
from watchkeeper.app.settings_file import KeyPath
from watchkeeper.app.settings_sources import LoadedSettings
from watchkeeper.app.settings_tree import REQUIRED, SettingsKey, SettingsTree


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting as it stands."""

    key: str
    value: Any
    """As JSON; a secret is masked."""
    source: str

    def text(self) -> str:
        """The value for a person."""
        return self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)


def settings_view(loaded: LoadedSettings) -> tuple[SettingView, ...]:
    """Every setting with its value and source, secrets masked."""
    plain = loaded.settings.model_dump(mode="json")
    return tuple(
        SettingView(".".join(path), value, loaded.source_of(path)) for path, value in _leaves(plain, ())
    )


def _leaves(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    else:
        yield path, value


def settings_schema(workloads: Mapping[str, type[Section]]) -> dict[str, Any]:
    """The JSON Schema of `watchkeeper.yaml`, with the settings of these workloads."""
    schema = Settings.model_json_schema()
    sections = {}
    for workload_id, model in sorted(workloads.items()):
        described = model.model_json_schema()
        schema["$defs"].update(described.pop("$defs", {}))
        sections[workload_id] = described
    schema["properties"]["workloads"] = {
        "type": "object",
        "description": schema["properties"]["workloads"]["description"],
        "properties": sections,
        "additionalProperties": False,
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def settings_page(workloads: Mapping[str, type[Section]]) -> str:
    """The page `docs/settings.md`: every key with its type, default and meaning."""
    keys = SettingsTree(workloads).every_key()
    rows = [
        f"| `{key.dotted}` | {key.type.replace('|', '/')} | {_default(key)} | {key.description} |"
        for key in keys
    ]
    variables = [f"| `{name}` | {meaning} |" for name, meaning in NOT_SETTINGS.items()]
    aliases = [f"| `{name}` | the setting `{'.'.join(path)}` |" for name, path in ALIASES.items()]
    return "\n".join([_PAGE_HEAD, *rows, "", _VARIABLES_HEAD, *variables, *aliases, ""])


def _default(key: SettingsKey) -> str:
    if key.default is REQUIRED:
        return "needed"
    default = key.default.model_dump() if isinstance(key.default, BaseModel) else key.default
    default = dict(default) if isinstance(default, Mapping) else default
    return f"`{json.dumps(default)}`"


_PAGE_HEAD = """# Settings

Written by `scripts/settings_page.py` from the settings' own definition; a test compares.

Settings stand in `watchkeeper.yaml`, in the folder `wk` is called in, or in the file named with
`--config`. A variable of the environment goes over the file: `server.port` is
`WATCHKEEPER_SERVER__PORT`, `targets.small.model` is `WATCHKEEPER_TARGETS__SMALL__MODEL`; a list is
written as JSON; an empty variable counts as unset. In the file, `${NAME}` stands for the variable
`NAME`, which must be set, and `$${NAME}` for those characters themselves. `wk config check` tells
every problem at once, `wk config show` every value and where it comes from, secrets masked.

| key | type | default | meaning |
|---|---|---|---|"""
_VARIABLES_HEAD = """## Variables that are no keys

| variable | meaning |
|---|---|"""
