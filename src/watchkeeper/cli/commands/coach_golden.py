"""`wk coach golden`: the library of answers that were right; looked at, verified, or taken out."""

from typing import Annotated

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.known_workload import ANNUAL_REPORTS
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption, by_whom
from watchkeeper.domain.errors import InvalidInputError

_PATH = f"/coaching/{ANNUAL_REPORTS}/golden"


def golden(
    *,
    ctx: typer.Context,
    agent: Annotated[str | None, typer.Option(help="Only this agent's.")] = None,
    verify: Annotated[str | None, typer.Option(metavar="ID", help="You looked at it: it is right.")] = None,
    retire: Annotated[str | None, typer.Option(metavar="ID", help="It is to count no more.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the golden examples, the last first; or say of one that it is right, or counts no more."""
    call = invoked(ctx, as_json=as_json)
    if verify is not None and retire is not None:
        raise InvalidInputError("an example is verified or retired", action="give one of the two")
    marked = verify or retire
    with connect(call) as client:
        if marked is not None:
            client.post(f"{_PATH}/{marked}", {"active": verify is not None, "by": by_whom(call, by)})
        found = [one for one in client.get(_PATH) if agent in {None, one["agent"]}]
    if call.json:
        print_json(found)
        return
    if not found:
        print_line("no golden example yet: an answer 95 % right by its labels becomes one")
        return
    print_table(
        ["agent", "document", "accuracy", "instructions", "verified by", "counts", "since", "id"],
        [
            [
                one["agent"],
                one["document"],
                percent(one["accuracy"]),
                "as it began" if one["prompt_version"] is None else f"version {one['prompt_version']}",
                one["verified_by"],
                one["active"],
                one["created_at"],
                one["example_id"],
            ]
            for one in found
        ],
    )
