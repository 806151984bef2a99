"""A trace as a waterfall: every step under the one that called it, its time as a bar on one axis."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from watchkeeper.web import addresses, printed

_NARROWEST = 0.4
"""Percent of the axis a bar is at least wide, so that a short step is seen."""
_TICKS = 4
_DEEPEST = 12
"""Levels that move a name to the right; deeper ones stay below each other."""
_INDENT_PX = 14
_STEP_COLUMNS = ("step", "time", "took", "tokens", "USD")


@dataclass(frozen=True, slots=True)
class Step:
    """One span of a trace and where it stands."""

    span: Mapping[str, Any]
    depth: int
    orphan: bool
    """Its parent is named, and is not in the trace."""

    @property
    def span_id(self) -> str:
        """Which span it is."""
        return str(self.span["span_id"])


@dataclass(frozen=True, slots=True)
class _Axis:
    """The time the bars stand on."""

    begins_ns: int
    whole_ns: int


def steps_of(spans: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Every span once, each after its parent, siblings by start.

    A span whose parent is not there stands at the left and is marked; spans that name each other as
    parents in a circle stand there too.
    """
    by_parent: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    known = {span["span_id"] for span in spans}
    for span in sorted(spans, key=lambda one: (one["start_ns"], one["span_id"])):
        parent = span["parent_span_id"]
        by_parent[parent if parent in known and parent != span["span_id"] else None].append(span)
    placed: dict[str, Step] = {}
    for root in by_parent[None]:
        _place(root, by_parent, placed, orphan=root["parent_span_id"] is not None)
    for span in sorted(spans, key=lambda one: (one["start_ns"], one["span_id"])):
        if span["span_id"] not in placed:
            _place(span, by_parent, placed, orphan=True)
    return tuple(placed.values())


def _place(
    root: Mapping[str, Any],
    by_parent: Mapping[str | None, Sequence[Mapping[str, Any]]],
    placed: dict[str, Step],
    *,
    orphan: bool,
) -> None:
    """Place a span and all below it; without recursion, for a trace may be a thousand calls deep."""
    waiting = [(root, 0)]
    while waiting:
        span, depth = waiting.pop()
        if span["span_id"] in placed:
            continue
        placed[span["span_id"]] = Step(span, depth, orphan and depth == 0)
        below = by_parent.get(span["span_id"], ())
        waiting += [(each, depth + 1) for each in reversed(below)]


def waterfall_html(steps: Sequence[Step], *, trace_id: str, chosen: str | None) -> str:
    """The steps as a table, every text escaped; the chosen one is marked."""
    axis = _axis_of(steps)
    heads = "".join(
        f'<th scope="col" class="{"num" if title not in ("step", "time") else ""}">'
        f"{_ticks(axis) if title == 'time' else escape(title)}</th>"
        for title in _STEP_COLUMNS
    )
    body = "".join(_row(step, axis, trace_id=trace_id, chosen=chosen) for step in steps)
    return f'<table class="wk wk-fall"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _axis_of(steps: Sequence[Step]) -> _Axis:
    begins = min(step.span["start_ns"] for step in steps)
    ends = max(step.span["start_ns"] + step.span["duration_ns"] for step in steps)
    return _Axis(begins, max(ends - begins, 1))


def _ticks(axis: _Axis) -> str:
    times = (printed.duration(axis.whole_ns * n / _TICKS / 1e6) for n in range(_TICKS))
    marks = "".join(f'<span style="left:{100 * n / _TICKS:g}%">{time}</span>' for n, time in enumerate(times))
    last = f'<span class="wk-end">{printed.duration(axis.whole_ns / 1e6)}</span>'
    return f'<div class="wk-axis">{marks}{last}</div>'


def _row(step: Step, axis: _Axis, *, trace_id: str, chosen: str | None) -> str:
    span = step.span
    css = "wk-chosen" if step.span_id == chosen else ""
    indent = min(step.depth, _DEEPEST) * _INDENT_PX
    link = escape(addresses.trace(trace_id, step=step.span_id))
    failed = "" if span["ok"] else '<span class="wk-intervene wk-strong">✕ failed</span> '
    orphan = (
        '<span class="wk-watch" title="the step that called it is not in the trace">▲ orphan</span> '
        if step.orphan
        else ""
    )
    current = ' aria-current="step"' if css else ""
    name = (
        f'<div style="padding-left:{indent}px" data-depth="{step.depth}">{failed}{orphan}'
        f'<a href="{link}"{current}>{escape(str(span["name"]))}</a> '
        f'<span class="wk-note">{escape(_by(span))}</span></div>'
    )
    took = printed.duration(span["duration_ns"] / 1e6)
    return (
        f'<tr data-field="{escape(step.span_id)}" class="{css}"><th scope="row">{name}</th>'
        f'<td class="wk-time">{_bar(span, axis, took)}</td><td class="num">{took}</td>'
        f'<td class="num">{_tokens(span)}</td><td class="num">{_cost(span)}</td></tr>'
    )


def _by(span: Mapping[str, Any]) -> str:
    """Who did it: what the name does not say already."""
    name = str(span["name"])
    told = (span["agent"], span.get("component"), span["model"])
    return " · ".join(dict.fromkeys(str(one) for one in told if one and str(one) not in name))


def _bar(span: Mapping[str, Any], axis: _Axis, took: str) -> str:
    waited = span["start_ns"] - axis.begins_ns
    left = min(100 * waited / axis.whole_ns, 100 - _NARROWEST)
    width = min(max(100 * span["duration_ns"] / axis.whole_ns, _NARROWEST), 100 - left)
    css = "wk-stripe" if span["ok"] else "wk-stripe wk-failed"
    after = printed.duration(waited / 1e6)
    return (
        f'<div class="wk-track"><div class="{css}" style="left:{left:.2f}%;width:{width:.2f}%"'
        f' title="begins after {after}, takes {took}"></div></div>'
    )


def _tokens(span: Mapping[str, Any]) -> str:
    into, out = span["input_tokens"], span["output_tokens"]
    if into is None and out is None:
        return ""
    shown = (printed.NO_DATA if one is None else printed.value(one) for one in (into, out))
    return f'<span title="input + output">{" + ".join(shown)}</span>'


def _cost(span: Mapping[str, Any]) -> str:
    if span["cost_usd"] is not None:
        return escape(printed.usd(span["cost_usd"]))
    used = span["input_tokens"] is not None or span["output_tokens"] is not None
    return '<span class="wk-none" title="no price is known">unknown</span>' if used else ""
