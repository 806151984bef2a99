"""Reading `watchkeeper.yaml`: its values, the line each stands on, and every problem on the way."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from watchkeeper.app.settings_problems import SettingsProblem

VARIABLE = re.compile(r"\$(\$)?\{([^}]*)\}")
"""`${NAME}` stands for a variable of the environment; `$${NAME}` for itself."""
KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a settings file says."""

    name: str
    values: dict[str, object] = field(default_factory=dict)
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    """The 1-based line of each key."""
    hidden: frozenset[KeyPath] = frozenset()
    """Keys whose value came from the environment and is therefore never shown."""
    problems: tuple[SettingsProblem, ...] = ()


def read_settings_file(path: Path, environment: Mapping[str, str]) -> SettingsFile:
    """Read a settings file; what is wrong with it stands in `problems`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        return _unreadable(path, f"cannot be read: {failure}", "name a readable file with `--config`")
    loader: yaml.SafeLoader | None = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return SettingsFile(name=path.name)
        if not isinstance(node, yaml.MappingNode):
            return _unreadable(path, "is not a mapping of keys", "write `key: value` lines")
        keys = list(_keys_of(node, (), frozenset()))
        data = loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as failure:
        return _unreadable(path, f"is not YAML: {_told(failure)}", "mend the file at that place")
    finally:
        if loader is not None:
            loader.dispose()
    return _substituted(path, data, keys, environment)


def _substituted(
    path: Path, data: object, keys: list[tuple[KeyPath, int]], environment: Mapping[str, str]
) -> SettingsFile:
    lines: dict[KeyPath, int] = {}
    problems = []
    twice: set[KeyPath] = set()
    for key, line in keys:
        if key in lines and not any(key[:length] in twice for length in range(len(key))):
            twice.add(key)
            problems.append(
                SettingsProblem(
                    path=".".join(key),
                    problem=f"stands twice, on lines {lines[key]} and {line}",
                    action="keep one of them",
                    source=f"{path.name}:{line}",
                )
            )
        lines[key] = line
    filler = _Filler(environment)
    values = filler.fill(data, ())
    for key, name in filler.unset:
        problems.append(
            SettingsProblem(
                path=".".join(key),
                problem=f"names the environment variable {name!r}, which is not set",
                action=f"set {name}, or take the key out",
                source=f"{path.name}:{lines.get(key, 0)}" if key in lines else path.name,
            )
        )
    assert isinstance(values, dict)
    return SettingsFile(path.name, values, lines, frozenset(filler.hidden), tuple(problems))


class _Filler:
    """Puts the environment's values where the file names them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.unset: list[tuple[KeyPath, str]] = []
        self.hidden: set[KeyPath] = set()

    def fill(self, value: object, path: KeyPath) -> object:
        if isinstance(value, dict):
            filled = {str(key): self.fill(inner, (*path, str(key))) for key, inner in value.items()}
            return {key: inner for key, inner in filled.items() if inner is not _UNSET}
        if isinstance(value, list):
            items = [self.fill(inner, (*path, str(n))) for n, inner in enumerate(value)]
            return [item for item in items if item is not _UNSET]
        return self._text(value, path) if isinstance(value, str) else value

    def _text(self, text: str, path: KeyPath) -> object:
        missing = [
            name for escaped, name in VARIABLE.findall(text) if not escaped and name not in self._environment
        ]
        if missing:
            self.unset.extend((path, name) for name in missing)
            return _UNSET
        if any(not escaped for escaped, _ in VARIABLE.findall(text)):
            self.hidden.add(path)
        return VARIABLE.sub(
            lambda found: found[0][1:] if found[1] else self._environment[found[2]],
            text,
        )


_UNSET = object()


def _keys_of(node: yaml.Node, path: KeyPath, within: frozenset[int]) -> Iterator[tuple[KeyPath, int]]:
    """Every key with its line, in the order of the file."""
    if id(node) in within:
        raise yaml.constructor.ConstructorError(None, None, "an alias refers to itself", node.start_mark)
    within |= {id(node)}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _keys_of(value, here, within)
    elif isinstance(node, yaml.SequenceNode):
        for n, value in enumerate(node.value):
            yield (*path, str(n)), value.start_mark.line + 1
            yield from _keys_of(value, (*path, str(n)), within)


def _told(failure: Exception) -> str:
    """A YAML error without the text around it, which may hold a secret."""
    mark = getattr(failure, "problem_mark", None)
    told = getattr(failure, "problem", None) or getattr(failure, "reason", None)
    problem = str(told or type(failure).__name__)
    return problem if mark is None else f"{problem}, line {mark.line + 1}, column {mark.column + 1}"


def _unreadable(path: Path, problem: str, action: str) -> SettingsFile:
    return SettingsFile(
        name=path.name, problems=(SettingsProblem(path="", problem=problem, action=action, source=str(path)),)
    )
