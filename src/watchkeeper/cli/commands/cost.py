"""`wk cost`: what calls cost, and the prices behind it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.pricing import price_book
from watchkeeper.cli.commands import cost_spent
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_json_line, print_line, print_table
from watchkeeper.costs import PriceBook
from watchkeeper.costs.price_in_force import NEXT_STEP
from watchkeeper.costs.price_listing import ListedPrice, listed_price
from watchkeeper.costs.usage_lines import PricedLine, priced_lines
from watchkeeper.domain.errors import InvalidInputError

app = command_app("Say what calls cost, and the prices behind it.", group=True)


@dataclass(frozen=True, slots=True)
class Prices:
    """What `wk cost prices --json` prints."""

    asked: str
    at: str
    prices: tuple[ListedPrice, ...]


schemas: dict[str, Any] = {**cost_spent.schemas, "cost price": PricedLine, "cost prices": Prices}
app.command(name="by")(cost_spent.by)
app.command(name="forecast")(cost_spent.forecast)
app.command(name="month")(cost_spent.month)
AtOption = Annotated[
    str | None, typer.Option("--at", help="A day or instant, UTC unless it says otherwise; now if not given.")
]
RecordedAtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        help="When lines without `at` were called: a day or instant, or `now`; the price table's own day "
        "if not given.",
    ),
]


@app.command()
def price(
    *,
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="JSON lines: provider, model, usage, and perhaps api_flavor, at.")
    ],
    at: RecordedAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Price recorded usage blocks, a line each; exits with 1 when a line cannot be used.

    A price that is not known is null with a reason, and is no error. What a line cost does not hang on the
    day it is asked: without a date it is priced at the day of the price table.
    """
    call = invoked(ctx, as_json=as_json)
    book = price_book(call.settings)
    instant = _recorded_at(at, book)
    broken = 0
    priced: list[PricedLine] = []
    try:
        with file.open("rb") as lines:
            for one in priced_lines(lines, book, at=instant):
                broken += one.error is not None
                if call.json:
                    print_json_line(one)
                else:
                    priced.append(one)
    except OSError as failure:
        raise InvalidInputError(
            f"{file} cannot be read: {failure.strerror}", action="name a file of JSON lines"
        ) from None
    if not call.json:
        _print_priced(priced)
    raise typer.Exit(1 if broken else 0)


@app.command()
def prices(
    *,
    ctx: typer.Context,
    model: Annotated[str, typer.Argument(help="The model, as the provider names it.")],
    provider: Annotated[str | None, typer.Option(help="Only this provider's price.")] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the price of a model in force, and where it comes from; exits with 1 when none is known."""
    call = invoked(ctx, as_json=as_json)
    book, instant = price_book(call.settings), _instant(at)
    found = _listed(book, model, provider, at=instant)
    if call.json:
        print_json(Prices(asked=model, at=instant.isoformat(), prices=found))
    elif not found:
        sold = "" if provider is None else f" at {provider!r}"
        print_line(f"no price of {model!r}{sold} is known; {NEXT_STEP}")
    for one in () if call.json else found:
        print_line(f"{one.provider} · {one.model} · from {_edition(one.source, one.price_version)}")
        print_line(f"  in force since {one.since or 'no known day'}, until {one.until or 'no known day'}")
        print_table(
            ["kind", "USD", "per", "above input tokens"],
            [[rate.kind, rate.usd, f"{rate.per:,}", rate.above_input_tokens or "0"] for rate in one.rates],
        )
    raise typer.Exit(0 if found else 1)


def _listed(book: PriceBook, model: str, provider: str | None, *, at: datetime) -> tuple[ListedPrice, ...]:
    sellers = book.sellers(model) if provider is None else (provider,)
    found = ((seller, book.in_force(seller, model, at=at)) for seller in sellers)
    return tuple(listed_price(seller, one) for seller, one in found if one is not None)


def _print_priced(priced: list[PricedLine]) -> None:
    print_table(
        ["line", "provider", "model", "input USD", "output USD", "cost USD", "why"],
        [
            [one.line, one.provider, one.model, one.input_usd, one.output_usd, one.cost_usd, _why(one)]
            for one in priced
        ],
    )


def _why(one: PricedLine) -> str:
    return f"ERROR: {one.error}" if one.error else one.reason or _edition(one.source, one.price_version)


def _edition(source: str | None, version: str | None) -> str:
    """Where a price comes from; the settings have no editions."""
    return f"{source}" if source == version else f"{source} {version}"


def _recorded_at(text: str | None, book: PriceBook) -> datetime:
    """When a call was made that does not say: as told, else the table's day, else now."""
    if text is None and book.table.as_of is not None:
        return book.table.as_of
    return _instant(None if text == "now" else text)


def _instant(text: str | None) -> datetime:
    """The instant an option names.

    Raises:
        InvalidInputError: It names none.
    """
    if text is None:
        return SystemClock().now()
    try:
        named = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(
            f"--at {text!r} is no day and no instant", action="write it as 2026-07-01 or 2026-07-01T12:00:00Z"
        ) from None
    return named.replace(tzinfo=UTC) if named.tzinfo is None else named
