"""A trace as a tree: every span once, under its parent, also when parents are missing or late."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from watchkeeper.domain.money import plain_usd
from watchkeeper.domain.span import MODEL_OPERATIONS, Span
from watchkeeper.telemetry.figures import KnownSum
from watchkeeper.telemetry.minutes import instant_of
from watchkeeper.telemetry.questions.call_row import CallRow, call_row

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceNode:
    """A line of the tree, below the line of its parent; `call` is null for a parent that has not come."""

    span_id: str
    depth: int
    """0 at the top."""
    parent: int | None
    """The place of its parent's line in `nodes`; null at the top."""
    children: int
    offset_ms: float
    """From the trace's beginning to this one's; of a missing parent, to that of its first child."""
    call: CallRow | None
    missing: bool
    """Named as a parent and not there: lost, not sent, or still on its way."""
    begins_before_parent: bool
    """Started before its parent did: clocks of two machines differ."""
    ends_after_parent: bool
    """Went on after its parent had ended: nobody waited for it, or clocks differ."""
    in_circle: bool
    """Its parents lead back to itself; the first of the circle is shown at the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceTree:
    """A whole trace, as far as it has come; lines stand in the order a tree is read."""

    trace_id: str
    workloads: tuple[str, ...]
    started_at: datetime
    duration_ms: float
    """From the first beginning to the last end."""
    spans: int
    failed: int
    model_calls: int
    input_tokens: KnownSum[int]
    output_tokens: KnownSum[int]
    cost_usd: KnownSum[Decimal]
    missing_parents: int
    nodes: tuple[TraceNode, ...]


def trace_tree(spans: Sequence[Span], *, counted: Sequence[Span] | None = None) -> TraceTree:
    """The tree of the spans of one trace; at least one.

    Args:
        spans: Those of the trace, in any order.
        counted: Those of them that count tokens and cost (law 2); the model operations, if not given.
    """
    ordered = sorted(spans, key=lambda span: (span.start_ns, span.span_id))
    begins_ns = ordered[0].start_ns
    nodes = tuple(_nodes(ordered, begins_ns))
    told = [span for span in ordered if span.operation in MODEL_OPERATIONS] if counted is None else counted
    ends_ns = max(span.start_ns + span.duration_ns for span in ordered)
    return TraceTree(
        trace_id=ordered[0].trace_id,
        workloads=tuple(sorted({span.workload for span in ordered})),
        started_at=instant_of(begins_ns),
        duration_ms=(ends_ns - begins_ns) / _NS_PER_MS,
        spans=len(ordered),
        failed=sum(not span.ok for span in ordered),
        model_calls=len(told),
        input_tokens=_tokens([span.input_tokens for span in told]),
        output_tokens=_tokens([span.output_tokens for span in told]),
        cost_usd=_money([span.cost_usd for span in told]),
        missing_parents=sum(node.missing for node in nodes),
        nodes=nodes,
    )


def _tokens(parts: Sequence[int | None]) -> KnownSum[int]:
    known = [part for part in parts if part is not None]
    return KnownSum(known=sum(known), counted=len(known), unknown=len(parts) - len(known))


def _money(parts: Sequence[Decimal | None]) -> KnownSum[Decimal]:
    known = [part for part in parts if part is not None]
    return KnownSum(
        known=plain_usd(sum(known, Decimal(0))), counted=len(known), unknown=len(parts) - len(known)
    )


def _nodes(ordered: Sequence[Span], begins_ns: int) -> Iterator[TraceNode]:
    by_id = {span.span_id: span for span in ordered}
    circling = _first_of_circles(ordered, by_id)
    below: defaultdict[str, list[Span]] = defaultdict(list)
    tops: dict[str, Span | None] = {}
    for span in ordered:
        parent = span.parent_span_id
        if not parent or span.span_id in circling:
            tops[span.span_id] = span
        else:
            below[parent].append(span)
            if parent not in by_id:
                tops.setdefault(parent, None)
    # A stack and no recursion: a trace may be a chain of any length.
    waiting: list[tuple[str, int, int | None]] = [(key, 0, None) for key in reversed(tops)]
    place = 0
    while waiting:
        key, depth, parent_at = waiting.pop()
        found, children = by_id.get(key), below[key]
        above = by_id.get(found.parent_span_id or "") if found is not None and depth else None
        yield TraceNode(
            span_id=key,
            depth=depth,
            parent=parent_at,
            children=len(children),
            offset_ms=((found or children[0]).start_ns - begins_ns) / _NS_PER_MS,
            call=None if found is None else call_row(found),
            missing=found is None,
            begins_before_parent=bool(found and above and found.start_ns < above.start_ns),
            ends_after_parent=bool(found and above and _end_ns(found) > _end_ns(above)),
            in_circle=key in circling,
        )
        waiting.extend((child.span_id, depth + 1, place) for child in reversed(children))
        place += 1


def _end_ns(span: Span) -> int:
    return span.start_ns + span.duration_ns


def _first_of_circles(ordered: Sequence[Span], by_id: Mapping[str, Span]) -> frozenset[str]:
    """Of every circle of parents, the span that began first."""
    seen: set[str] = set()
    found: set[str] = set()
    for start in ordered:
        path: list[str] = []
        key = start.span_id
        while key in by_id and key not in seen:
            seen.add(key)
            path.append(key)
            key = by_id[key].parent_span_id or ""
        if key in path:
            circle = path[path.index(key) :]
            found.add(min(circle, key=lambda one: (by_id[one].start_ns, one)))
    return frozenset(found)
