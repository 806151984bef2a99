"""`wk twins`: where the readers of a document agree and differ."""

import json
from typing import Annotated, Any
from urllib.parse import quote

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line, print_table

app = command_app("Compare what several readers made of the same documents.", group=True)
schemas: dict[str, Any] = {
    "twins show": "watchkeeper.app.api.twins:ComparedDocument",
    "twins agreement": "watchkeeper.app.api.twins:AgreementReport",
}
LONGEST = 40
"""Characters of a value in a table."""


@app.command()
def show(
    *,
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")],
    document: Annotated[str, typer.Argument(metavar="DOC", help="The document's file name.")],
    differing: Annotated[bool, typer.Option("--differing", help="Only fields they differ on.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show every field any reader found, a column for each reader, named by it."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get(f"/twins/documents/{quote(run)}/{quote(document)}")
    if differing:
        found["fields"] = [one for one in found["fields"] if one["verdict"] != "agree"]
    if call.json:
        print_json(found)
        return
    readers = found["readers"]
    print_table(
        ["field", *readers, "verdict", "consensus", "why"],
        [
            [
                one["field"],
                *(_short(one["values"].get(reader)) for reader in readers),
                one["verdict"],
                _short(one["consensus"]),
                one["why"] or "",
            ]
            for one in found["fields"]
        ],
    )
    print_line(f"agreement: {percent(found['agreement'])}")


@app.command()
def agreement(
    *,
    ctx: typer.Context,
    run: Annotated[str | None, typer.Option("--run", help="Only this run's documents.")] = None,
    workload: Annotated[str, typer.Option(help="The workload's id.")] = "annual-reports",
    as_json: JsonOption = False,
) -> None:
    """Show how often the readers agree, field by field; exits with 1 when it calls for somebody."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/twins/agreement", {"workload": workload, "run_id": run})
    if call.json:
        print_json(found)
    else:
        print_table(
            ["field", "documents", "agree", "rate"],
            [[one["field"], one["documents"], one["agree"], percent(one["rate"])] for one in found["fields"]],
        )
        for title, groups in (("agent", found["agents"]), ("day", found["days"])):
            print_table(
                [title, "fields", "agree", "rate"],
                [[one["name"], one["fields"], one["agree"], percent(one["rate"])] for one in groups],
            )
        print_line(
            f"agreement over {found['documents']} documents: {percent(found['agreement'])} ({found['band']})"
        )
    raise typer.Exit(1 if found["band"] == "intervene" else 0)


def _short(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
