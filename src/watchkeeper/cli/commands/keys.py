"""`wk keys`: making, listing and revoking the keys of callers, readers and operators."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption, ReasonOption, by_whom
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.keys.api_key import KeyRole

app = command_app("Make, list and revoke the keys of callers, readers and operators.", group=True)
schemas: dict[str, Any] = {
    "keys create": "watchkeeper.app.api.keys:MadeKeyRow",
    "keys list": "watchkeeper.app.api.keys:KeyRow[]",
    "keys revoke": "watchkeeper.app.api.keys:KeyRow",
}
_LIFE = re.compile(r"([1-9][0-9]{0,6})(m|h|d|w)")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@app.command()
def create(
    *,
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Whom or what it is for.")],
    role: Annotated[
        KeyRole, typer.Option(help="caller: model calls; reader: API and pages; operator: all.")
    ] = KeyRole.CALLER,
    workload: Annotated[str | None, typer.Option(help="The one workload its calls belong to.")] = None,
    expires: Annotated[
        str | None, typer.Option(help="After so long, as 90d, 12h; or when, as 2026-12-31T00:00:00Z.")
    ] = None,
    requests_per_minute: Annotated[int | None, typer.Option(min=1, help="Calls a minute.")] = None,
    tokens_per_minute: Annotated[int | None, typer.Option(min=1, help="Tokens a minute.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it, this once: only its hash is kept."""
    call = invoked(ctx, as_json=as_json)
    body = {
        "name": name,
        "role": role.value,
        "workload": workload,
        "requests_per_minute": requests_per_minute,
        "tokens_per_minute": tokens_per_minute,
        "by": by_whom(call, by),
        **({} if expires is None else expiry(expires)),
    }
    with connect(call) as client:
        made = client.post("/keys", body)
    if call.json:
        print_json(made)
        return
    until = f" until {made['expires_at']}" if made["expires_at"] else ""
    print_line(
        f"{made['key_id']}: a {made['role']}'s key for {made['name']}, good{until or ' until revoked'}"
    )
    print_line(f"  {made['key']}")
    print_line("it is shown this once; send it as bearer token, `x-api-key` or `x-watchkeeper-key`")


@app.command(name="list")
def listing(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the keys there ever were, without the keys themselves."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        rows = client.get("/keys")
    if call.json:
        print_json(rows)
    else:
        print_table(
            ["key", "name", "role", "state", "ends in", "workload", "a minute", "expires", "made", "revoked"],
            [_row(row) for row in rows],
            none="no key was made; `wk keys create NAME` makes one",
        )


@app.command()
def revoke(
    *,
    ctx: typer.Context,
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `wk keys list` shows it.")],
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a key for ever; gateways that reach the state refuse it within two seconds."""
    from urllib.parse import quote

    call = invoked(ctx, as_json=as_json)
    body = {"by": by_whom(call, by), "reason": reason}
    with connect(call) as client:
        row = client.post(f"/keys/{quote(key_id, safe='')}/revoke", body)
    if call.json:
        print_json(row)
        return
    print_line(f"{row['key_id']} ({row['name']}) was revoked at {row['revoked_at']} by {row['revoked_by']}")


def expiry(text: str) -> dict[str, object]:
    """What an `--expires` asks the server for.

    Raises:
        InvalidInputError: It is neither a span nor an instant.

    >>> expiry("90d")
    {'expires_in_s': 7776000}
    """
    span = _LIFE.fullmatch(text)
    if span is not None:
        return {"expires_in_s": int(span[1]) * _SECONDS[span[2]]}
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInputError(
            f"{text!r} is neither a span nor an instant with its zone",
            action="write it as 90d, 12h or 2026-12-31T00:00:00Z",
        )
    return {"expires_at": at.astimezone(UTC).isoformat()}


def _row(row: Mapping[str, Any]) -> list[object]:
    rates = [
        f"{row[name]} {what}"
        for name, what in (("requests_per_minute", "calls"), ("tokens_per_minute", "tokens"))
        if row[name] is not None
    ]
    revoked = f"{row['revoked_at'][:19]} by {row['revoked_by']}" if row["revoked_at"] else "-"
    return [
        *(row["key_id"], row["name"], row["role"], row["state"], f"…{row['hint']}"),
        row["workload"] or "any",
        ", ".join(rates) or "any",
        row["expires_at"][:19] if row["expires_at"] else "never",
        f"{row['created_at'][:19]} by {row['created_by']}",
        revoked,
    ]
