"""What coaching was, as `wk coach sessions|trends|strategies|stuck|top|history` show it."""

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line, print_table

Row = Mapping[str, Any]
BASE = "/coaching/annual-reports"
_NOTHING = "nobody was coached in that time"


def show(call: Invocation, what: str, hours: float | None) -> None:
    """Show one of the tables; without `hours`, over its own window."""
    resource = "agents" if what in ("stuck", "top") else what
    asked = "" if hours is None else f"?hours={hours:g}"
    with connect(call) as client:
        rows: Sequence[Row] = client.get(f"{BASE}/{resource}{asked}")
    if what == "stuck":
        rows = [row for row in rows if row["stuck"] or row["weak"]]
    if what == "top":
        rows = rows[::-1]
    if call.json:
        print_json(rows)
    elif not rows:
        print_line("no agent is stuck or weak" if what == "stuck" else _NOTHING)
    else:
        columns, cells = _TABLES[resource]
        print_table(columns, [cells(row) for row in rows])


def show_history(call: Invocation, agent: str) -> None:
    """Show the versions of an agent's instructions, and what each changed in its parent."""
    with connect(call) as client:
        versions: Sequence[Row] = client.get(f"{BASE}/instructions?agent={agent}")
    if call.json:
        print_json(versions)
        return
    if not versions:
        print_line(f"{agent} was never coached: it has the instructions that ship")
    texts = {row["version"]: json.dumps(row["content"], indent=1, ensure_ascii=False) for row in versions}
    for row in versions:
        parent = "the shipped ones" if row["parent"] is None else f"version {row['parent']}"
        print_line(
            f"version {row['version']} of {row['created_at'][:19]}, from {parent}, by {row['author']}, "
            f"{row['strategy']}: {row['reason']}; accuracy {percent(row['accuracy'])}"
        )
        for line in difflib.unified_diff(
            texts.get(row["parent"], "").splitlines(), texts[row["version"]].splitlines(), lineterm="", n=0
        ):
            if row["parent"] is not None and line[:2] not in ("--", "++", "@@"):
                print_line(f"  {line}")


def print_restored(call: Invocation, rows: Sequence[Row]) -> None:
    """What was put back."""
    if call.json:
        print_json(rows)
    elif not rows:
        print_line("no agent has coached instructions with a known accuracy")
    for row in rows if not call.json else ():
        new = row["new_version"]
        told = "is the best already" if new is None else f"is in use again, as version {new}"
        print_line(
            f"{row['agent']}: version {row['restored_version']} ({percent(row['accuracy'])}) {told}; "
            f"it had version {row['old_version']}"
        )


def _standing(row: Row) -> list[object]:
    state = "weak" if row["weak"] else "stuck" if row["stuck"] else "fine"
    return [row["agent"], row["documents"], percent(row["average"]), percent(row["best"]), state]


_TABLES: dict[str, tuple[list[str], Callable[[Row], list[object]]]] = {
    "sessions": (
        ["run", "agent", "sessions", "rounds", "average", "best", "strategies"],
        lambda row: [
            *(row[name] for name in ("run_id", "agent", "sessions", "rounds")),
            percent(row["average"]),
            percent(row["best"]),
            row["strategies"],
        ],
    ),
    "trends": (
        ["day", "agent", "documents", "average", "best"],
        lambda row: [
            *(row[name] for name in ("day", "agent", "documents")),
            percent(row["average"]),
            percent(row["best"]),
        ],
    ),
    "strategies": (
        ["strategy", "rounds", "gained on average"],
        lambda row: [row["strategy"], row["count"], percent(row["improvement"])],
    ),
    "phases": (
        ["phase", "documents", "start", "end", "gain", "expected", "target", "gap"],
        lambda row: [
            f"{row['phase']} {row['name']}",
            row["documents"],
            *(percent(row[name]) for name in ("start", "end", "gain")),
            "below 15 points" if row["below_expected"] else "reached",
            percent(row["target"]),
            percent(row["gap"]),
        ],
    ),
    "agents": (["agent", "documents", "average", "best", "state"], _standing),
}
