"""Recorded usage blocks of real providers cost what is known of them, to the last digit.

The expected prices were made with edition 0.1.4 of the price table, which is the one shipped. They are
of the day of that edition: prices that change later change for calls made later.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from watchkeeper.costs import PriceBook
from watchkeeper.domain.money import Cost

if TYPE_CHECKING:
    from conftest import RecordedCall

AT = datetime(2026, 7, 29, 12, tzinfo=UTC)
"""The day of the table: what `wk cost price` takes for a block without a date."""
KNOWN_CHANGES = {
    "claude-sonnet-5": datetime(2026, 9, 1, tzinfo=UTC),
    "openai.gpt-5.6-luna": datetime(2026, 7, 30, tzinfo=UTC),
}


def test_recorded_usage_costs_what_is_known_of_it_to_the_last_digit(
    recorded_calls: "list[RecordedCall]",
) -> None:
    book = PriceBook()
    wrong = [call for call in recorded_calls if amounts(priced_by(book, call)) != call.expected]
    assert wrong == []
    assert sum(call.expected is not None for call in recorded_calls) > 1900


def test_a_price_that_changes_on_a_day_holds_for_calls_from_that_day_on(
    recorded_calls: "list[RecordedCall]",
) -> None:
    book = PriceBook()
    priced = [call for call in recorded_calls if call.model in KNOWN_CHANGES and call.expected is not None]
    assert priced
    for call in priced:
        change = KNOWN_CHANGES[str(call.model)]
        before, after = (
            priced_by(book, call, at=change + day) for day in (-timedelta(hours=1), timedelta(hours=1))
        )
        assert amounts(before) == call.expected != amounts(after)


def test_what_a_provider_does_not_sell_is_unknown_and_says_so(recorded_calls: "list[RecordedCall]") -> None:
    book = PriceBook()
    costs = [priced_by(book, call) for call in recorded_calls if call.expected is None]
    assert all(cost.reason for cost in costs if cost.usd is None)


def test_a_block_costs_the_same_with_the_reply_around_it(recorded_calls: "list[RecordedCall]") -> None:
    book = PriceBook()
    for call in recorded_calls:
        whole = book.cost(call.provider, call.model or "", call.body, flavor=call.flavor, at=AT)
        assert amounts(whole) == amounts(priced_by(book, call))


def priced_by(book: PriceBook, call: "RecordedCall", *, at: datetime = AT) -> Cost:
    return book.cost(call.provider, call.model or "", call.usage, flavor=call.flavor, at=at)


def amounts(cost: Cost) -> tuple[object, object, object] | None:
    return None if cost.usd is None else (cost.input_usd, cost.output_usd, cost.usd)
