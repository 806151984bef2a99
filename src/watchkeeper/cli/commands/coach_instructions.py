"""`wk coach history|adopt|save|restore`: versions of agents' instructions."""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from watchkeeper.cli.commands.coach_told import BASE, Row
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.known_workload import ANNUAL_REPORTS
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.who import ByOption, ReasonOption, by_whom


@dataclass(frozen=True, slots=True)
class Saved:
    """What `wk coach save --json` prints."""

    name: str
    folder: str
    sha256: str
    """Of everything instructed."""


def history(
    ctx: typer.Context,
    agent: Annotated[str, typer.Argument(help="The agent.")],
    as_json: JsonOption = False,
) -> None:
    """Show every version of an agent's instructions, with what changed in each."""
    call = invoked(ctx, as_json=as_json)
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


def adopt(
    *,
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="shipped, bare, or a name that coaching saved.")],
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have coaching on the corpus go on from these instructions: each agent's next version."""
    from watchkeeper.workloads.annual_reports.instruction_files import instruction_set

    call = invoked(ctx, as_json=as_json)
    agents = {
        agent: told.model_dump(mode="json", exclude_defaults=True)
        for agent, told in instruction_set(name, call.data_dir).agents.items()
    }
    body = {"agents": agents, "by": by_whom(call, by), "reason": reason or f"adopted from {name}"}
    with connect(call) as client:
        made = client.post(f"{BASE}/instructions", body)
    if call.json:
        print_json(made)
    else:
        print_line(f"coaching goes on from {name!r}: {len(made)} agents have a new version")


def save(
    *,
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What the set is to be called.")],
    as_json: JsonOption = False,
) -> None:
    """Keep what coaching on the corpus has come to as a set, which a release can hold fast."""
    from watchkeeper.workloads.annual_reports.coaching.coached_before import coached_instructions
    from watchkeeper.workloads.annual_reports.instruction_files import save_instructions

    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        learned = coached_instructions(client)
    folder = save_instructions(learned, name, call.data_dir)
    if call.json:
        print_json(Saved(name, str(folder), learned.sha256()))
    else:
        print_line(
            f"saved as {name!r}; hold it fast: `wk release make {ANNUAL_REPORTS} --instructions {name}`"
        )


def restore(
    *,
    ctx: typer.Context,
    agents: Annotated[list[str] | None, typer.Argument(help="Agents; all when none is named.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write each agent's best instructions ever as a new version; the history stays."""
    call = invoked(ctx, as_json=as_json)
    body = {"agents": agents or [], "by": by_whom(call, by)}
    with connect(call) as client:
        _print_restored(call, client.post(f"{BASE}/restore", body))


def _print_restored(call: Invocation, rows: Sequence[Row]) -> None:
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
