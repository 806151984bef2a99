"""`wk oncall`: who answers now and next, who stands in, and who was paged when."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.time_length import seconds
from watchkeeper.cli.who import ByOption, ReasonNeeded, by_whom

app = command_app("Say who answers, and have somebody stand in.", group=True)
_BODY = "watchkeeper.app.api.oncall:OnCallBody"
schemas: dict[str, Any] = {
    "oncall show": _BODY,
    "oncall next": _BODY,
    "oncall override": "watchkeeper.monitoring.oncall.rotation:Override",
}
AtOption = Annotated[str | None, typer.Option(help="At an instant, with offset; now if not given.")]
_NOBODY = "nobody takes turns; set `oncall.people` and `oncall.contacts` in the settings"


@app.command()
def show(ctx: typer.Context, at: AtOption = None, as_json: JsonOption = False) -> None:
    """Say who answers, who is paged after how long, and who was paged."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/oncall", {"at": at})
    if call.json:
        print_json(found)
    elif found["now"] is None:
        print_line(_NOBODY)
    else:
        _print_duty("now", found["now"])
        _print_duty("next", found["next"])
        print_line(f"paged for {', '.join(found['severities'])}:")
        for step in found["steps"]:
            who = step["person"] or "nobody"
            lost = "" if step["reached"] else ", who cannot be reached"
            print_line(f"  after {step['after_s'] / 60:g} min  {step['to']}: {who}{lost}")
        if found["paged"]:
            print_table(
                ["paged at", "who", "over", "why", "what", "result"],
                [
                    [
                        one["created_at"],
                        one["recipient"],
                        one["channel"],
                        one["why"],
                        one["subject"],
                        one["state"],
                    ]
                    for one in found["paged"]
                ],
            )


@app.command(name="next")
def following(ctx: typer.Context, at: AtOption = None, as_json: JsonOption = False) -> None:
    """Say who answers after the turn that runs now."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/oncall", {"at": at})
    if call.json:
        print_json(found)
    elif found["next"] is None:
        print_line(_NOBODY)
    else:
        _print_duty("next", found["next"])


@app.command()
def override(
    *,
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(help="Who stands in, a name of `oncall.contacts`.")],
    role: Annotated[str, typer.Option(help="As `primary` or `secondary`.")] = "primary",
    begins: Annotated[str | None, typer.Option(help="From when, with offset; now if not given.")] = None,
    for_: Annotated[str | None, typer.Option("--for", help="How long, such as 2h, 1d.")] = None,
    until: Annotated[str | None, typer.Option(help="Or until when, with offset.")] = None,
    reason: ReasonNeeded,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have somebody stand in for a time."""
    call = invoked(ctx, as_json=as_json)
    body = {"person": person, "role": role, "begins_at": begins, "for_s": seconds(for_), "until": until}
    with connect(call) as client:
        found = client.post("/oncall/overrides", {**body, "reason": reason, "by": by_whom(call, by)})
    if call.json:
        print_json(found)
    else:
        print_line(f"{found['person']} is {found['role']} from {found['begins_at']} until {found['until']}")


def _print_duty(when: str, duty: dict[str, Any]) -> None:
    stands_in = f" ({' and '.join(duty['overridden'])} stands in)" if duty["overridden"] else ""
    print_line(
        f"{when}: {duty['primary']}, then {duty['secondary'] or 'nobody'}{stands_in}; "
        f"from {duty['begins_at']} until {duty['ends_at']}"
    )
