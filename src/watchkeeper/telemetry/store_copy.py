"""Moving everything one telemetry store holds into another, and seeing that it is there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from watchkeeper.telemetry.append_result import ROW_KINDS, RowKind, Taken
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

ROWS_AT_ONCE = 5_000
"""Rows a batch: enough that a round trip costs little, few enough for memory."""

TOLD = 20
"""Differences that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedKind:
    """What became of the rows of one kind."""

    kind: RowKind
    read: int
    stored: int
    already_there: int
    conflicts: int
    """Rows whose key the target holds with other content: the target's stayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyReport:
    """What was moved, and what differs in the end."""

    kinds: tuple[CopiedKind, ...]
    spans_kept_aside: int
    """Spans in conflict, which the source had kept aside."""
    positions: int
    unreadable_lines: int
    differences: tuple[str, ...]
    """What the two stores still tell differently, at most 20; none is what is wanted."""

    @property
    def equal(self) -> bool:
        """Whether both stores tell the same."""
        return not self.differences


def copy_store(
    source: TelemetryStore,
    target: TelemetryStore,
    *,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    rows: int = ROWS_AT_ONCE,
) -> CopyReport:
    """Put every row of the source into the target, then what it knows beside, then compare.

    Safe to repeat, so one that broke off is run again: what is there is found to be there. Positions come
    last of what is stored, so that a target a server is pointed at too early loses nothing.

    Args:
        source: Only read.
        target: May hold rows already.
        now: When rows come into the target.
        progress: Told the rows moved so far, batch by batch.
        rows: How many at once.
    """
    read: dict[RowKind, int] = dict.fromkeys(ROW_KINDS, 0)
    taken: dict[RowKind, Taken] = dict.fromkeys(ROW_KINDS, Taken())
    refused: list[str] = []
    for batch in source.read_out(rows=rows):
        result = target.append(batch, received_at=now)
        for kind, some in result.by_kind().items():
            read[kind] += len(getattr(batch, kind))
            taken[kind] = _added(taken[kind], some)
        refused += [f"refused: {row.message}" for row in result.refused]
        progress(sum(read.values()))
    aside = source.conflicts(source.conflict_count())
    for conflict in reversed(aside):
        target.append(TelemetryBatch(spans=(conflict.span,)), received_at=conflict.received_at)
    unreadable = source.unreadable(source.unreadable_count())
    there = target.positions()
    # A target that is at work already may have read on.
    positions = {file: at for file, at in source.positions().items() if at > there.get(file, -1)}
    target.append(TelemetryBatch(), received_at=now, positions=positions, unreadable=unreadable)
    return CopyReport(
        kinds=tuple(
            CopiedKind(
                kind=kind,
                read=read[kind],
                stored=taken[kind].stored,
                already_there=taken[kind].duplicates,
                conflicts=taken[kind].conflicts,
            )
            for kind in ROW_KINDS
        ),
        spans_kept_aside=len(aside),
        positions=len(positions),
        unreadable_lines=len(unreadable),
        differences=tuple([*refused, *_differences(source, target)][:TOLD]),
    )


def _added(one: Taken, other: Taken) -> Taken:
    return replace(
        one,
        stored=one.stored + other.stored,
        duplicates=one.duplicates + other.duplicates,
        conflicts=one.conflicts + other.conflicts,
    )


def _differences(source: TelemetryStore, target: TelemetryStore) -> list[str]:
    """What the two tell differently: counts, and tokens, cost and durations by workload and day."""
    found = []
    counts = {
        "spans": (source.count(), target.count()),
        "spans kept aside": (source.conflict_count(), target.conflict_count()),
        "unreadable lines": (source.unreadable_count(), target.unreadable_count()),
    }
    for what, (here, there) in counts.items():
        if here != there:
            found.append(f"{what}: {here} in the source, {there} in the target")
    target_positions = target.positions()
    for file, at in source.positions().items():
        if target_positions.get(file, -1) < at:
            found.append(
                f"position of {file}: {at} in the source, {target_positions.get(file)} in the target"
            )
    if source.metric_names() != target.metric_names():
        found.append("metrics: names, tags or numbers of series differ")
    question = CallQuestion(by=("workload",), step="day", latencies=False)
    theirs = {_of(row): row for row in target.figures(question)}
    for row in source.figures(question):
        if theirs.pop(_of(row), None) != row:
            found.append(f"figures of {_named(row)} differ")
    found += [f"figures of {_named(row)} are only in the target" for row in theirs.values()]
    return found


def _of(row: CallFigures) -> tuple[str | None, datetime | None]:
    return row.group["workload"], row.begins


def _named(row: CallFigures) -> str:
    day = "" if row.begins is None else f" on {row.begins:%Y-%m-%d}"
    return f"{row.group['workload']}{day}"
