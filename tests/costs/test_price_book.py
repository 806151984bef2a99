"""What a call costs, from the usage block its provider sent: known, or unknown with a reason."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from watchkeeper.costs import PriceBook, PriceOverride, PriceTable
from watchkeeper.domain.errors import InvalidInputError

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
CHAT = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
MESSAGE = {"input_tokens": 1000, "output_tokens": 100}


def usd(provider: str, model: str, usage: dict[str, object], flavor: str | None = "chat") -> Decimal | None:
    return PriceBook().cost(provider, model, usage, flavor=flavor, at=AT).usd


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return PriceBook()


@pytest.fixture(scope="module")
def newest() -> PriceBook:
    """By the table of the installed library, which has prices by terms of service."""
    return PriceBook(PriceTable.installed())


def test_a_call_costs_its_input_and_its_output_and_says_by_which_edition(book: PriceBook) -> None:
    cost = book.cost("openai", "gpt-4o-mini", CHAT, flavor="chat", at=AT)
    assert (cost.input_usd, cost.output_usd) == (Decimal("0.00015"), Decimal("0.00006"))
    assert cost.usd == Decimal("0.00021")
    assert (cost.source, cost.price_version, cost.reason) == ("genai-prices", book.table.edition, None)


def test_cached_and_reasoning_tokens_are_not_counted_twice(book: PriceBook) -> None:
    usage = CHAT | {
        "prompt_tokens_details": {"cached_tokens": 400},
        "completion_tokens_details": {"reasoning_tokens": 60},
    }
    cost = book.cost("openai", "gpt-4o-mini", usage, flavor="chat", at=AT)
    assert cost.input_usd == (600 * Decimal("0.15") + 400 * Decimal("0.075")) / 1_000_000
    assert cost.output_usd == 100 * Decimal("0.60") / 1_000_000


def test_anthropic_counts_cached_tokens_beside_the_input_and_openai_inside_it(book: PriceBook) -> None:
    beside = {"input_tokens": 600, "cache_read_input_tokens": 400, "output_tokens": 100}
    cost = book.cost("anthropic", "claude-sonnet-4-5", beside, flavor="anthropic", at=AT)
    assert cost.input_usd == (600 * Decimal(3) + 400 * Decimal("0.3")) / 1_000_000


def test_writes_to_the_cache_cost_by_how_long_they_stay(book: PriceBook) -> None:
    written = {
        "input_tokens": 0,
        "output_tokens": 0,
        "cache_creation_input_tokens": 300,
        "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
    }
    cost = book.cost("anthropic", "claude-sonnet-4-5", written, flavor="anthropic", at=AT)
    assert cost.usd == (100 * Decimal("3.75") + 200 * Decimal(6)) / 1_000_000


def test_a_long_input_puts_the_whole_call_into_the_dearer_tier(book: PriceBook) -> None:
    at_the_edge = book.cost(
        "anthropic", "claude-sonnet-4-5", MESSAGE | {"input_tokens": 200_000}, flavor="anthropic", at=AT
    )
    above = book.cost(
        "anthropic", "claude-sonnet-4-5", MESSAGE | {"input_tokens": 200_001}, flavor="anthropic", at=AT
    )
    assert at_the_edge.input_usd == Decimal("0.6")
    assert above.input_usd == Decimal("1.200006")
    assert above.output_usd == 100 * Decimal("22.5") / 1_000_000


def test_web_searches_are_in_the_whole_and_neither_input_nor_output(book: PriceBook) -> None:
    searched = MESSAGE | {"server_tool_use": {"web_search_requests": 2}}
    cost = book.cost("anthropic", "claude-sonnet-4-5", searched, flavor="anthropic", at=AT)
    assert cost.usd is not None and cost.input_usd is not None and cost.output_usd is not None
    assert cost.usd - cost.input_usd - cost.output_usd == Decimal("0.02")


def test_a_price_that_changes_by_the_hour_is_the_one_of_the_calls_hour(book: PriceBook) -> None:
    def at(hour: int) -> Decimal | None:
        when = AT.replace(hour=hour)
        return book.cost("deepseek", "deepseek-reasoner", CHAT, flavor="chat", at=when).input_usd

    assert (at(12), at(20), at(12)) == (Decimal("0.00055"), Decimal("0.000135"), Decimal("0.00055"))


def test_a_price_that_changes_by_the_day_is_the_one_of_the_calls_day(newest: PriceBook) -> None:
    last = datetime(2026, 6, 15, 23, 59, 59, 999_999, tzinfo=UTC)
    found = [
        newest.cost("mistral", "mistral-medium-latest", CHAT, flavor="chat", at=when).input_usd
        for when in (last, last + timedelta(microseconds=1))
    ]
    assert found == [Decimal("0.0004"), Decimal("0.0015")]


def test_what_was_served_faster_or_first_costs_what_that_costs(book: PriceBook) -> None:
    late = datetime(2026, 11, 1, tzinfo=UTC)
    plain, first = (
        book.cost("openai", "gpt-5-mini", CHAT | {"service_tier": tier}, flavor="chat", at=late).usd
        for tier in ("default", "priority")
    )
    assert plain is not None and first is not None and first > plain


@pytest.mark.parametrize(
    ("provider", "model", "usage", "flavor", "reason"),
    [
        ("acme", "m-1", CHAT, "chat", "no provider 'acme'"),
        ("openai", "claude-sonnet-4-5", CHAT, "chat", "no model 'claude-sonnet-4-5' of openai"),
        ("openai", "", CHAT, "chat", "no model is named"),
        ("openai", "gpt-4o-mini", CHAT, "smoke-signals", "api_flavor 'smoke-signals'"),
        ("openai", "gpt-4o-mini", {}, "chat", "cannot be read as 'chat'"),
        ("openai", "gpt-4o-mini", {"tokens": 9}, None, "no shape"),
        ("openai", "gpt-4o-mini", CHAT | {"completion_tokens": -1}, "chat", "cannot be read"),
        ("openai", "gpt-4o-mini", CHAT | {"completion_tokens": True}, "chat", "cannot be read"),
        (
            "openai",
            "gpt-4o-mini",
            CHAT | {"prompt_tokens_details": {"cached_tokens": 1001}},
            "chat",
            "cannot be",
        ),
        ("openai", "text-embedding-3-small", CHAT, "chat", "no price for its output_tokens"),
    ],
)
def test_what_cannot_be_priced_is_unknown_and_says_why_and_is_never_0(
    provider: str, model: str, usage: dict[str, object], flavor: str | None, reason: str
) -> None:
    cost = PriceBook().cost(provider, model, usage, flavor=flavor, at=AT)
    assert (cost.usd, cost.input_usd, cost.output_usd) == (None, None, None)
    assert cost.reason is not None and reason in cost.reason


def test_a_dialect_is_read_at_providers_that_call_it_otherwise_or_have_no_name_for_it() -> None:
    assert usd("anthropic", "claude-sonnet-4-5", MESSAGE, "anthropic") == Decimal("0.0045")
    assert usd("groq", "llama-3.3-70b-versatile", CHAT, "chat") is not None
    assert usd("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", CHAT, "chat") is not None
    assert usd(
        "mistral", "mistral-embed", {"prompt_tokens": 1000, "total_tokens": 1000}, "embeddings"
    ) == Decimal("0.0001")


def test_without_a_flavor_the_block_tells_its_shape() -> None:
    beside = {"input_tokens": 600, "cache_read_input_tokens": 400, "output_tokens": 0}
    inside = {"input_tokens": 1000, "input_tokens_details": {"cached_tokens": 400}, "output_tokens": 0}
    assert usd("azure", "claude-sonnet-4-5", beside, None) == usd("azure", "claude-sonnet-4-5", inside, None)
    assert usd("openai", "gpt-4o-mini", CHAT, None) == Decimal("0.00021")


def test_unknown_prices_are_counted_and_listed() -> None:
    book = PriceBook()
    for minute in range(3):
        book.cost("acme", "m-1", CHAT, flavor="chat", at=AT + timedelta(minutes=minute))
    book.bound("acme", "m-2", input_tokens=1, output_tokens=1, at=AT)
    book.cost("openai", "gpt-4o-mini", CHAT, flavor="chat", at=AT)
    assert [(one.model, one.asked) for one in book.unknown_prices()] == [("m-1", 3), ("m-2", 1)]
    assert book.unknown_prices()[0].last_at == AT + timedelta(minutes=2)


def test_names_that_clients_make_up_do_not_fill_memory() -> None:
    book = PriceBook()
    for number in range(1500):
        book.cost("acme", f"m-{number}", CHAT, flavor="chat", at=AT)
    assert len(book.unknown_prices()) == 1000


PRICES = {"input_mtok": Decimal(2), "output_mtok": Decimal(4), "cache_read_mtok": Decimal("0.5")}


class TestOverrides:
    def book(self, *overrides: PriceOverride) -> PriceBook:
        return PriceBook(overrides=overrides)

    def override(self, model: str, price: int, **dates: date) -> PriceOverride:
        prices = {"input_mtok": Decimal(price), "output_mtok": Decimal(price)}
        return PriceOverride(provider="acme", model=model, prices=prices, **dates)

    def per_mtok(self, book: PriceBook, model: str, at: datetime = AT) -> Decimal | None:
        usage = {"prompt_tokens": 1_000_000, "completion_tokens": 0}
        return book.cost("acme", model, usage, flavor="chat", at=at).usd

    def test_the_operators_price_goes_over_the_tables(self) -> None:
        book = self.book(PriceOverride(provider="openai", model="gpt-4o*", prices=PRICES))
        usage = CHAT | {"prompt_tokens_details": {"cached_tokens": 400}}
        cost = book.cost("openai", "GPT-4o-mini", usage, flavor="chat", at=AT)
        assert cost.input_usd == (600 * Decimal(2) + 400 * Decimal("0.5")) / 1_000_000
        assert (cost.source, cost.price_version) == ("settings", "settings")

    def test_a_name_goes_over_a_pattern_and_a_later_beginning_over_an_earlier(self) -> None:
        book = self.book(
            self.override("m-1", 1),
            self.override("m-*", 2, since=date(2026, 1, 1)),
            self.override("m-*", 3, since=date(2025, 1, 1)),
            self.override("n", 4),
            self.override("n", 5),
        )
        assert [self.per_mtok(book, model) for model in ("m-1", "m-2", "n")] == [1, 2, 5]

    def test_a_price_holds_from_its_first_day_until_the_day_it_ends(self) -> None:
        book = self.book(self.override("m", 7, since=date(2026, 2, 1), until=date(2026, 3, 1)))
        edges = [datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)]
        moment = timedelta(microseconds=1)
        asked = [edges[0] - moment, edges[0], edges[1] - moment, edges[1]]
        assert [self.per_mtok(book, "m", at=when) for when in asked] == [None, 7, 7, None]

    def test_an_overlap_of_two_kinds_costs_what_the_dearer_costs(self) -> None:
        prices = PRICES | {"input_audio_mtok": Decimal(9)}
        book = self.book(PriceOverride(provider="acme", model="m", prices=prices))
        found = book.in_force("acme", "m", at=AT)
        assert found is not None and found.price.cache_audio_read_mtok == Decimal(9)

    def test_a_price_of_0_is_known_and_is_0(self) -> None:
        assert self.per_mtok(self.book(self.override("m", 0)), "m") == 0


class TestBound:
    def test_it_takes_the_dearest_kind_and_the_dearest_tier_reached(self, book: PriceBook) -> None:
        def bound(tokens: int) -> Decimal | None:
            return book.bound("anthropic", "claude-sonnet-4-5", input_tokens=tokens, output_tokens=100, at=AT)

        assert bound(200_000) == (200_000 * Decimal(6) + 100 * Decimal(15)) / 1_000_000
        assert bound(200_001) == (200_001 * Decimal(12) + 100 * Decimal("22.5")) / 1_000_000

    def test_nothing_bounds_what_has_no_price(self, book: PriceBook) -> None:
        assert book.bound("acme", "m", input_tokens=1, output_tokens=1, at=AT) is None
        assert book.bound("openai", "text-embedding-3-small", input_tokens=1, output_tokens=1, at=AT) is None
        assert (
            book.bound("openai", "text-embedding-3-small", input_tokens=1, output_tokens=0, at=AT) is not None
        )

    def test_no_tokens_bound_what_is_charged_by_the_page(self, book: PriceBook) -> None:
        assert book.bound("mistral", "mistral-ocr-2512", input_tokens=0, output_tokens=0, at=AT) is None

    def test_a_provider_that_may_choose_its_tier_may_choose_the_dearest(self, book: PriceBook) -> None:
        late = datetime(2026, 11, 1, tzinfo=UTC)

        def bound(tier: str | None) -> Decimal:
            found = book.bound(
                "openai", "gpt-5-mini", input_tokens=9, output_tokens=9, at=late, service_tier=tier
            )
            assert found is not None
            return found

        assert bound(None) == bound("auto") == bound("priority") > bound("default")


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://api.anthropic.com", "anthropic"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "google"),
        ("https://my-deployment.openai.azure.com/openai", "azure"),
        ("http://127.0.0.1:11434/v1", None),
        ("http://localhost:8000", None),
        ("https://models.example.com/?to=https://api.openai.com", None),
    ],
)
def test_an_address_tells_whose_prices_apply(book: PriceBook, url: str, provider: str | None) -> None:
    assert book.table.provider_of_url(url) == provider


def test_what_is_installed_beside_does_not_change_a_price() -> None:
    assert PriceTable.shipped().edition == "0.1.4+terms.0.2.3"
    assert PriceTable.installed().edition != PriceTable.shipped().edition


def test_a_table_in_a_file_is_read_as_it_is_published(tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    file.write_text(
        '[{"id": "acme", "name": "Acme", "api_pattern": "https://acme", "models": ['
        '{"id": "m", "match": {"equals": "m"}, "prices": {"input_mtok": 0.1, "output_mtok": 3}}]}]'
    )
    table = PriceTable.in_file(file)
    found = PriceBook(table).in_force("acme", "m", at=AT)
    assert found is not None
    assert (found.price.input_mtok, found.version) == (Decimal("0.1"), table.edition)
    assert table.edition.startswith("sha256:") and table.as_of is None


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"id": "acme"}]', '{"providers": [], "as_of": 3}'])
def test_a_file_that_is_no_price_table_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "data.json"
    file.write_text(text)
    with pytest.raises(InvalidInputError, match="is no price table"):
        PriceTable.in_file(file)


def test_a_model_the_table_does_not_know_is_unknown_and_says_how_to_price_it(book: PriceBook) -> None:
    cost = book.cost("openai", "gpt-99", CHAT, flavor="chat", at=AT)
    assert cost.usd is None and cost.reason is not None
    assert "0.1.4+terms.0.2.3" in cost.reason and "`prices`" in cost.reason and "`price_table`" in cost.reason
