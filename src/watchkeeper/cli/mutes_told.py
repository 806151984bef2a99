"""Silences and maintenance windows, one kind of mute behind two commands: listed and ended."""

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import by_whom


def show_mutes(call: Invocation, resource: str, *, none: str) -> None:
    """List them; `none` says so where there are none."""
    with connect(call) as client:
        found = client.get(resource)
    if call.json:
        print_json(found)
        return
    print_table(
        ["state", "what", "from", "until", "by", "reason", "id"],
        [
            [
                one["state"] + (f", ended by {one['ended_by']}" if one["ended_by"] else ""),
                " ".join(f"{name}={pattern}" for name, pattern in one["match"].items()),
                one["begins_at"],
                one["until"],
                one["by"],
                one["reason"],
                one["id"],
            ]
            for one in found
        ],
        none=none,
    )


def end_mute(call: Invocation, one: str, by: str | None) -> None:
    """End one, such as `/silences/ID`, and say who did."""
    with connect(call) as client:
        found = client.post(f"{one}/end", {"by": by_whom(call, by)})
    if call.json:
        print_json(found)
    else:
        print_line(f"ended by {found['ended_by']}")
