"""`wk simulate`: what would be told, to whom and when, in a day that a scenario describes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.suite_files import text_of_file
from watchkeeper.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.app.simulation.replay_told import Replay

app = command_app("")
schemas: dict[str, Any] = {"simulate": "watchkeeper.app.simulation.replay_told:Replay"}
_IN_TIME = {"for": "yes", "window": "with its window", "late": "LATE"}
"""Within the `for` of its rule and two looks; with its window beside; later."""


@app.command()
def simulate(
    *,
    ctx: typer.Context,
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario's YAML file.")],
    as_json: JsonOption = False,
) -> None:
    """Replay a scenario through the rules in force; exits with 1 when a fault raised no alert."""
    import yaml

    from watchkeeper.app.simulation.replay import replay
    from watchkeeper.app.simulation.scenario import read_scenario
    from watchkeeper.app.workload import workloads

    call = invoked(ctx, as_json=as_json)
    try:
        said = yaml.safe_load(text_of_file(scenario))
    except yaml.YAMLError as broken:
        raise InvalidInputError(f"{scenario} is no YAML: {broken}", action="mend it") from None
    shipped = [rule for workload in workloads().values() for rule in workload.rules()]
    found = replay(read_scenario(said, name=str(scenario)), call.settings, shipped)
    if call.json:
        print_json(found)
    else:
        _print(found)
    raise typer.Exit(1 if found.missed else 0)


def _print(found: "Replay") -> None:
    print_line(
        f"{found.name}: {found.calls} calls from {found.start} to {found.end}, {found.looks} looks at "
        f"{found.rules} rules"
    )
    for problem in found.problems:
        print_line(f"not seen: {problem}")
    if found.faults:
        print_table(
            ["fault", "kind", "began", "alerted", "after s", "in time", "by"],
            [
                [
                    one.name,
                    one.kind,
                    f"{one.began_at:%d %H:%M:%S}",
                    "MISSED" if one.alerted_at is None else f"{one.alerted_at:%d %H:%M:%S}",
                    None if one.after_s is None else f"{one.after_s:.0f}",
                    None if one.in_time is None else _IN_TIME[one.in_time],
                    ", ".join(one.by) or "—",
                ]
                for one in found.faults
            ],
        )
    print_table(
        ["alert", "severity", "fired", "resolved", "what", "because of"],
        [
            [
                one.rule,
                one.severity,
                f"{one.fired_at:%d %H:%M:%S}",
                "not over" if one.resolved_at is None else f"{one.resolved_at:%d %H:%M:%S}",
                one.message,
                ", ".join(one.faults) or "FALSE ALARM",
            ]
            for one in found.alerts
        ],
    )
    print_line(
        f"{len(found.pages)} letters and pages; {found.false_alarms} false alarms; {found.missed} missed, "
        f"{found.late} late; {found.unresolved} alerts not over"
    )
    for one in found.health:
        score = "no data" if one.score is None else f"{one.score:.0f}"
        worst = "no data" if one.worst is None else f"{one.worst:.0f}"
        print_line(f"health of {one.workload} at the end: {score} ({one.state}); at its worst {worst}")
