"""What coaching was: the tables of `wk coach sessions`, `rounds`, `hours`, `trends` and the like."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.known_workload import ANNUAL_REPORTS
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.coaching.meta_coach import MetaCoachUse

Row = Mapping[str, Any]
BASE = f"/coaching/{ANNUAL_REPORTS}"
_NOTHING = "nobody was coached in that time"


def show(call: Invocation, what: str, hours: float | None) -> None:
    """Show one of the tables; without `hours`, over its own window."""
    resource = "agents" if what in ("stuck", "top") else what
    asked = "" if hours is None else f"?hours={hours:g}"
    with connect(call) as client:
        rows: Sequence[Row] = client.get(f"{BASE}/{resource}{asked}")
    judged = bool(rows)
    if what == "stuck":
        rows = [row for row in rows if row["stuck"] or row["weak"]]
    if what == "top":
        rows = rows[::-1]
    if call.json:
        print_json(rows)
    elif not rows:
        print_line("no agent is stuck or weak" if judged else _NOTHING)
    else:
        columns, cells = _TABLES[resource]
        print_table(columns, [cells(row) for row in rows])


def print_meta_coach(use: MetaCoachUse | None) -> None:
    """What a model was asked for, where one is configured."""
    if use is None:
        return
    cost = "cost unknown" if use.cost_usd is None else f"{use.cost_usd} USD"
    print_line(
        f"meta-coach {use.target}: asked {use.calls} times, {use.answered} answers, {use.kept} kept; {cost}"
    )
    if use.silent_because is not None:
        print_line(f"  asked no more: {use.silent_because}")


def _standing(row: Row) -> list[object]:
    state = "weak" if row["weak"] else "stuck" if row["stuck"] else "fine"
    figures = (percent(row["average"]), percent(row["best"]))
    return [row["agent"], row["documents"], row["without_truth"], *figures, state]


_TABLES: dict[str, tuple[list[str], Callable[[Row], list[object]]]] = {
    "sessions": (
        ["run", "agent", "sessions", "rounds", "without labels", "average", "best", "strategies"],
        lambda row: [
            *(row[name] for name in ("run_id", "agent", "sessions", "rounds", "without_truth")),
            percent(row["average"]),
            percent(row["best"]),
            row["strategies"],
        ],
    ),
    "rounds": (
        ["at", "run", "agent", "document", "round", "accuracy", "F1", "phase", "strategy", "gained"],
        lambda row: [
            *(row[name] for name in ("created_at", "run_id", "agent", "document", "round")),
            percent(row["accuracy"]),
            percent(row["f1"]),
            row["phase"],
            row["strategy"],
            percent(row["improvement"]),
        ],
    ),
    "hours": (
        ["hour", "runs", "without labels", "average", "F1"],
        lambda row: [
            *(row[name] for name in ("hour", "runs", "without_truth")),
            percent(row["average"]),
            percent(row["f1"]),
        ],
    ),
    "trends": (
        ["day", "agent", "documents", "without labels", "average", "best"],
        lambda row: [
            *(row[name] for name in ("day", "agent", "documents", "without_truth")),
            percent(row["average"]),
            percent(row["best"]),
        ],
    ),
    "strategies": (
        ["strategy", "rounds", "gained on average"],
        lambda row: [row["strategy"], row["count"], percent(row["improvement"])],
    ),
    "phases": (
        ["phase", "documents", "without labels", "start", "end", "gain", "expected", "target", "gap"],
        lambda row: [
            f"{row['phase']} {row['name']}",
            row["documents"],
            row["without_truth"],
            *(percent(row[name]) for name in ("start", "end", "gain")),
            "below 15 points" if row["below_expected"] else "reached",
            percent(row["target"]),
            percent(row["gap"]),
        ],
    ),
    "agents": (["agent", "documents", "without labels", "average", "best", "state"], _standing),
}
