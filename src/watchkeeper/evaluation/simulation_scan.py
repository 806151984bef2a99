"""Finds sleeps in production code: a program that sleeps may be pretending to work (GF-49, law 5).

Waiting is honest in two places, which are left out: retry back-off (the enclosing function, class or
file says so in its name) and tests. Any other wait needs a line, with its reason, in the list of
exemptions the caller passes.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep"})
BACK_OFF_NAMES = ("retry", "retries", "backoff", "back_off")
TEST_FOLDERS = frozenset({"tests", "testing"})


@dataclass(frozen=True, slots=True)
class Sleep:
    """A sleep found, where, and in which function."""

    file: str
    """Relative to the folder that was scanned."""
    line: int
    function: str
    """Dotted name inside the file; empty at module level."""
    call: str


def scan_for_sleeps(root: Path, *, exempt: Mapping[str, str] | None = None) -> tuple[Sleep, ...]:
    """Every sleep below a folder that is neither back-off, nor test, nor exempted.

    Args:
        root: A package's folder.
        exempt: Reasons by `file:function`, the file relative to `root`.

    Raises:
        SyntaxError: A file is not Python; a check that cannot read the code must not pass.
    """
    found = []
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if TEST_FOLDERS & set(relative.parts[:-1]) or relative.name.startswith("test_"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        names = _imported_names(tree)
        for line, function, call in _sleep_calls(tree, names, ()):
            where = ".".join(function)
            if _is_back_off((*relative.with_suffix("").parts, *function)):
                continue
            if f"{relative.as_posix()}:{where}" in (exempt or {}):
                continue
            found.append(Sleep(file=relative.as_posix(), line=line, function=where, call=call))
    return tuple(found)


def _is_back_off(names: tuple[str, ...]) -> bool:
    return any(mark in name.lower() for name in names for mark in BACK_OFF_NAMES)


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """What each local name stands for: `nap` for `time.sleep` after `from time import sleep as nap`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _sleep_calls(
    node: ast.AST, names: Mapping[str, str], function: tuple[str, ...]
) -> Iterator[tuple[int, tuple[str, ...], str]]:
    for child in ast.iter_child_nodes(node):
        inside = function
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = (*function, child.name)
        if isinstance(child, ast.Call):
            call = _dotted(child.func, names)
            if call in SLEEPS:
                yield child.lineno, inside, call
        yield from _sleep_calls(child, names, inside)


def _dotted(node: ast.expr, names: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, names)}.{node.attr}"
    return ""
