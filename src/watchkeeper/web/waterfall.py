"""A trace as a waterfall: every step under the one that called it, its time as a bar on one axis."""

from collections.abc import Mapping
from html import escape
from typing import Any

from watchkeeper.web import addresses, printed

_NARROWEST = 0.4
"""Percent of the axis a bar is at least wide, so that a short step is seen."""
_TICKS = 4
_DEEPEST = 12
"""Levels that move a name to the right; deeper ones stay below each other."""
_INDENT_PX = 14
_SHORTEST_MS = 1e-6
"""Of an axis: a trace may take no time at all."""
_ODDITIES = {
    "begins_before_parent": "began before the step that called it: clocks differ",
    "ends_after_parent": "went on after the step that called it had ended",
    "in_circle": "its callers lead back to itself",
}
_STEP_COLUMNS = ("step", "time", "took", "tokens", "USD")


def waterfall_html(tree: Mapping[str, Any], *, chosen: str | None) -> str:
    """The steps of the API's tree as a table, every text escaped; the chosen one is marked."""
    whole_ms = max(tree["duration_ms"], _SHORTEST_MS)
    heads = "".join(
        f'<th scope="col" class="{"num" if title not in ("step", "time") else ""}">'
        f"{_ticks(whole_ms) if title == 'time' else escape(title)}</th>"
        for title in _STEP_COLUMNS
    )
    body = "".join(
        _missing(node) if node["call"] is None else _row(node, whole_ms, chosen=chosen)
        for node in tree["nodes"]
    )
    return f'<table class="wk wk-fall"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _ticks(whole_ms: float) -> str:
    # The last quarter stays free: the end's own time is written into it from the right.
    times = (printed.duration(whole_ms * n / _TICKS) for n in range(_TICKS - 1))
    marks = "".join(f'<span style="left:{100 * n / _TICKS:g}%">{time}</span>' for n, time in enumerate(times))
    last = f'<span class="wk-end">{printed.duration(whole_ms)}</span>'
    return f'<div class="wk-axis">{marks}{last}</div>'


def _missing(node: Mapping[str, Any]) -> str:
    return (
        f'<tr><th scope="row">{_indented(node)}<span class="wk-watch">▲ not there</span> '
        f'<span class="wk-note">{escape(node["span_id"])}: lost, not sent, or on its way</span></div></th>'
        '<td class="wk-time"></td><td class="num"></td><td class="num"></td><td class="num"></td></tr>'
    )


def _row(node: Mapping[str, Any], whole_ms: float, *, chosen: str | None) -> str:
    call = node["call"]
    is_chosen = call["span_id"] == chosen
    link = escape(addresses.trace(call["trace_id"], step=call["span_id"]))
    failed = "" if call["ok"] else '<span class="wk-intervene wk-strong">✕ failed</span> '
    current = ' aria-current="step"' if is_chosen else ""
    name = (
        f'{_indented(node)}{failed}{_odd(node)}<a href="{link}"{current}>{escape(call["name"])}</a> '
        f'<span class="wk-note">{escape(_by(call))}</span></div>'
    )
    took = printed.duration(call["duration_ms"])
    return (
        f'<tr data-field="{escape(call["span_id"])}" class="{"wk-chosen" if is_chosen else ""}">'
        f'<th scope="row">{name}</th><td class="wk-time">{_bar(node, whole_ms, took)}</td>'
        f'<td class="num">{took}</td><td class="num">{_tokens(call)}</td>'
        f'<td class="num">{_cost(call)}</td></tr>'
    )


def _indented(node: Mapping[str, Any]) -> str:
    indent = min(node["depth"], _DEEPEST) * _INDENT_PX
    return f'<div style="padding-left:{indent}px" data-depth="{node["depth"]}">'


def _odd(node: Mapping[str, Any]) -> str:
    """What is out of order about a step, with its sign."""
    told = [why for key, why in _ODDITIES.items() if node[key]]
    return f'<span class="wk-watch" title="{escape("; ".join(told))}">▲</span> ' if told else ""


def _by(call: Mapping[str, Any]) -> str:
    """Who did it: what the name does not say already."""
    told = (call["agent"], call["component"], call["model"])
    return " · ".join(dict.fromkeys(str(one) for one in told if one and str(one) not in call["name"]))


def _bar(node: Mapping[str, Any], whole_ms: float, took: str) -> str:
    call = node["call"]
    left = min(100 * node["offset_ms"] / whole_ms, 100 - _NARROWEST)
    width = min(max(100 * call["duration_ms"] / whole_ms, _NARROWEST), 100 - left)
    css = "wk-stripe" if call["ok"] else "wk-stripe wk-failed"
    return (
        f'<div class="wk-track"><div class="{css}" style="left:{left:.2f}%;width:{width:.2f}%"'
        f' title="begins after {printed.duration(node["offset_ms"])}, takes {took}"></div></div>'
    )


def _tokens(call: Mapping[str, Any]) -> str:
    into, out = call["input_tokens"], call["output_tokens"]
    if into is None and out is None:
        return ""
    shown = (printed.NO_DATA if one is None else printed.value(one) for one in (into, out))
    return f'<span title="input + output">{" + ".join(shown)}</span>'


def _cost(call: Mapping[str, Any]) -> str:
    if call["cost_usd"] is not None:
        return escape(printed.usd(call["cost_usd"]))
    if not call["is_model_call"]:
        return ""
    return '<span class="wk-none" title="no price is known, or the usage is not">unknown</span>'
