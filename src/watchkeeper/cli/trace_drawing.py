"""A trace drawn in the terminal: who called whom, when each was under way, and what it took."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from watchkeeper.cli.told_figures import duration, usd

BAR = 24
"""Characters of the picture that shows when a step was under way."""


def tree_rows(tree: Mapping[str, Any]) -> Iterator[list[object]]:
    """A row a step: the name below its caller's, when it was under way, what it took, what went wrong."""
    nodes: Sequence[Mapping[str, Any]] = tree["nodes"]
    last_of: dict[int | None, int] = {node["parent"]: place for place, node in enumerate(nodes)}
    open_guides: list[bool] = []
    for place, node in enumerate(nodes):
        is_last = last_of[node["parent"]] == place
        del open_guides[node["depth"] :]
        branch = "" if not node["depth"] else "".join("│  " if on else "   " for on in open_guides[1:])
        branch += "" if not node["depth"] else ("└─ " if is_last else "├─ ")
        open_guides.append(not is_last)
        call = node["call"]
        if call is None:
            yield [f"{branch}(missing) {node['span_id']}", "", None, "", "", "", "this parent has not come"]
            continue
        yield [
            branch + _name(call),
            bar(node["offset_ms"], call["duration_ms"], tree["duration_ms"]),
            duration(call["duration_ms"]),
            call["model"] or "",
            _tokens(call),
            usd(call["cost_usd"]) or ("unknown" if call["is_model_call"] else ""),
            "; ".join(_remarks(node, call)),
        ]


def bar(offset_ms: float, duration_ms: float, whole_ms: float) -> str:
    """When a step was under way, of the whole trace.

    >>> bar(50, 50, 100)
    '············████████████'
    """
    if whole_ms <= 0:
        return "█" * BAR
    begins = min(int(offset_ms / whole_ms * BAR), BAR - 1)
    length = max(1, round(duration_ms / whole_ms * BAR))
    drawn = min(length, BAR - begins)
    return "·" * begins + "█" * drawn + "·" * (BAR - begins - drawn)


def _name(call: Mapping[str, Any]) -> str:
    said = call["component"] or call["agent"]
    return call["name"] if not said or said in call["name"] else f"{call['name']} ({said})"


def _tokens(call: Mapping[str, Any]) -> str:
    if call["input_tokens"] is None and call["output_tokens"] is None:
        return ""
    told = ("?" if part is None else f"{part:,}" for part in (call["input_tokens"], call["output_tokens"]))
    return " → ".join(told)


def _remarks(node: Mapping[str, Any], call: Mapping[str, Any]) -> Iterator[str]:
    if not call["ok"]:
        yield f"FAILED {call['error_code'] or ''} {call['error_message'] or ''}".strip()
    if call["cached"]:
        yield "cached"
    if call["degraded"]:
        yield "fallback"
    if node["ends_after_parent"]:
        yield "went on after its caller"
    if node["begins_before_parent"]:
        yield "began before its caller"
    if node["in_circle"]:
        yield "its callers lead back to itself"
