"""`wk silences`: times in which nobody is told of some alerts."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.mutes_told import end_mute, show_mutes
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.time_length import seconds
from watchkeeper.cli.who import ByOption, ReasonNeeded, by_whom
from watchkeeper.domain.errors import InvalidInputError

app = command_app("Tell nobody of some alerts for a time; they are recorded all the same.", group=True)
_BODY = "watchkeeper.app.api.mutes:MuteBody"
schemas: dict[str, Any] = {
    "silences list": f"{_BODY}[]",
    "silences add": _BODY,
    "silences end": _BODY,
}


@app.command(name="list")
def listing(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the last silences, newest first."""
    show_mutes(
        invoked(ctx, as_json=as_json),
        "/silences",
        none="no silence: `wk silences add workload=shop --for 2h --reason WHY` makes one",
    )


@app.command()
def add(
    *,
    ctx: typer.Context,
    match: Annotated[
        list[str],
        typer.Argument(
            help="What is silent, as `field=pattern`: workload, rule, severity, level, cause, alert_id."
        ),
    ],
    for_: Annotated[str | None, typer.Option("--for", help="How long, such as 30m, 2h, 1d.")] = None,
    until: Annotated[str | None, typer.Option(help="Or until when, with offset.")] = None,
    reason: ReasonNeeded,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell nobody of the alerts that fit all patterns; `*` stands for any letters."""
    call = invoked(ctx, as_json=as_json)
    body = {"match": _patterns(match), "for_s": seconds(for_), "until": until, "reason": reason}
    with connect(call) as client:
        found = client.post("/silences", {**body, "by": by_whom(call, by)})
    if call.json:
        print_json(found)
    else:
        print_line(f"silent until {found['until']}; `wk silences end {found['id']}` ends it")


@app.command()
def end(
    *,
    ctx: typer.Context,
    silence_id: Annotated[str, typer.Argument(help="The silence's id.")],
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a silence early: what it kept back is told at the next look."""
    end_mute(invoked(ctx, as_json=as_json), f"/silences/{silence_id}", by)


def _patterns(match: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in match:
        name, sign, pattern = each.partition("=")
        if not sign:
            raise InvalidInputError(f"{each!r} is no pattern", action="write it as `field=pattern`")
        found[name] = pattern
    return found
