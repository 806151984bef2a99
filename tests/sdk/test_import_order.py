"""Files of the SDK import in one direction, types included: a cycle would make each part need all others."""

import ast
from pathlib import Path

import watchkeeper.sdk

ROOM = Path(watchkeeper.sdk.__file__).parent


def imports() -> dict[str, set[str]]:
    found = {}
    for path in ROOM.rglob("*.py"):
        parts = path.relative_to(ROOM.parent.parent).with_suffix("").parts
        nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        named = ".".join(parts).removesuffix(".__init__")
        found[named] = {
            node.module for node in nodes if node.module and node.module.startswith("watchkeeper.sdk")
        }
    return found


def test_no_file_needs_itself() -> None:
    needs = imports()

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            new = needs.get(waiting.pop(), set()) - seen
            seen |= new
            waiting.extend(new)
        return seen

    assert len(needs) > 20
    assert [name for name in needs if name in reached(name)] == []
