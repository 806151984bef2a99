"""`wk budget`: what may be spent, what was, and opening again what a level refused."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from watchkeeper.adapters.clock import SystemIds
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import NO_DATA, print_json, print_line, print_table
from watchkeeper.cli.who import ReasonNeeded
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.money import usd_text

app = command_app("Say what may be spent and what was, and open what a level refused.", group=True)
_STANDING = "watchkeeper.costs.budgets.standing:Standing"
schemas: dict[str, Any] = {
    "budget list": f"{_STANDING}[]",
    "budget show": _STANDING,
    "budget enter": _STANDING,
    "budget enable": _STANDING,
}
Budget = Annotated[str, typer.Argument(help="The budget's name.")]
_FIGURES = (
    ("limit", "limit_usd"),
    ("spent", "spent_usd"),
    ("held", "held_usd"),
    ("unsettled", "unsettled_usd"),
    ("left", "left_usd"),
    ("forecast", "forecast_usd"),
)

_SHOWN_TO = Decimal("0.000001")
"""USD; a single call may cost that little. `--json` tells all digits."""


@app.command(name="list")
def listing(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the budgets: limit, spent, held, left and forecast of the present period, in USD.

    Held is what calls in flight may cost, and what gateways were lent and have not spent.
    """
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/budgets")
    if call.json:
        print_json(found)
    elif not found:
        print_line("there is no budget; set some under `budgets` in the settings")
    else:
        titles = [title for title, _ in _FIGURES]
        print_table(
            ["budget", "for", "period", *titles, "used %", "refuses"],
            [
                [
                    *(one["name"], one["line"], one["period"]),
                    *(_usd(one[key]) for _, key in _FIGURES),
                    *(one["used_percent"], _refuses(one)),
                ]
                for one in found
            ],
        )


@app.command()
def show(ctx: typer.Context, budget: Budget, as_json: JsonOption = False) -> None:
    """Show one budget: its figures, levels, entered costs, and who opened what."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        _tell(call, client.get(_path(budget)))


@app.command()
def enter(
    *,
    ctx: typer.Context,
    budget: Budget,
    usd: Annotated[str, typer.Option(help="How much, such as 200; a negative amount takes one back.")],
    what: Annotated[str, typer.Option(help="What for, such as infrastructure.")],
    by: Annotated[str | None, typer.Option(help="Who enters it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a cost that no call made; it counts in this budget and in every total one."""
    call = invoked(ctx, as_json=as_json)
    body = {"usd": str(_amount(usd)), "what": what, "by": by, "entry_id": _new_id()}
    with connect(call) as client:
        _tell(call, client.post(f"{_path(budget)}/entries", body))


@app.command()
def enable(
    *,
    ctx: typer.Context,
    budget: Budget,
    by: Annotated[str, typer.Option(help="The person who opens it.")],
    reason: ReasonNeeded,
    as_json: JsonOption = False,
) -> None:
    """Open again what a budget's levels refuse, until its period ends; who and why are kept."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        _tell(call, client.post(f"{_path(budget)}/enable", {"by": by, "reason": reason}))


def _tell(call: Invocation, one: Mapping[str, Any]) -> None:
    if call.json:
        print_json(one)
        return
    hard = "hard limit" if one["hard"] else "limit"
    print_line(f"{one['name']}: {one['line']}, {one['period']}, {hard}; begins anew at {one['resets_at']}")
    print_line("  " + ", ".join(f"{title} {_usd(one[key])}" for title, key in _FIGURES) + " USD")
    if one["unpriced_calls"]:
        print_line(f"  {one['unpriced_calls']} calls of unknown price are in none of these; set `prices`")
    for level in one["levels"]:
        print_line(f"  level {usd_text(Decimal(level['percent']))} %: {_level(level)}")
    for entry in one["entries"]:
        by = f" by {entry['by']}" if entry["by"] else ""
        print_line(f"  entered {entry['entered_at']}: {_usd(entry['usd'])} USD, {entry['what']}{by}")
    for act in one["audit"]:
        percent = usd_text(Decimal(act["percent"]))
        print_line(f"  opened {act['enabled_at']} at {percent} % by {act['by']}: {act['reason']}")


def _level(level: Mapping[str, Any]) -> str:
    refuses = f", refuses {' and '.join(level['refuses'])}" if level["refuses"] else ""
    if not level["reached"]:
        return f"not reached{refuses}"
    when = f" at {level['reached_at']}" if level["reached_at"] else ""
    opened = f"; opened by {level['enabled']['by']}" if level["enabled"] else ""
    return f"reached{when}{refuses}{opened}"


def _refuses(one: Mapping[str, Any]) -> str:
    return ", ".join(what for level in one["levels"] if level["refuses_now"] for what in level["refuses"])


def _usd(amount: str | None) -> str:
    """As a person reads it: what is lent to gateways is a share of what is left, of any number of digits."""
    if amount is None:
        return NO_DATA
    exact = Decimal(amount)
    rounded = exact.quantize(_SHOWN_TO)
    return usd_text(rounded if rounded else exact)


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidInputError(f"{text!r} is no amount", action="write it as 200 or 199.95") from None


def _path(budget: str) -> str:
    from urllib.parse import quote

    return f"/budgets/{quote(budget, safe='')}"


def _new_id() -> str:
    return SystemIds().trace_id()
