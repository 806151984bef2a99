"""`wk cost`: recorded usage priced line by line, and the price in force with where it comes from."""

import json
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError

CHAT = {"prompt_tokens": 1000, "completion_tokens": 100}


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--data-dir", str(folder / "data"), *arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def priced(folder: Path, *lines: object, at: str = "2026-01-15") -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the lines that `wk cost price` answers these lines with."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "usage.jsonl").write_text(text, encoding="utf-8")
    done = run(folder, "cost", "price", "usage.jsonl", "--at", at, "--json")
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_recorded_usage_is_priced_in_its_order_with_decimal_strings(folder: Path) -> None:
    code, lines = priced(
        folder,
        {"provider": "openai", "model": "gpt-4o-mini", "usage": CHAT, "api_flavor": "chat"},
        {
            "provider": "anthropic",
            "model": "claude-sonnet-4-5",
            "usage": {"input_tokens": 2743, "output_tokens": 4},
        },
    )
    assert code == 0
    assert [(one["input_usd"], one["output_usd"], one["cost_usd"]) for one in lines] == [
        ("0.00015", "0.00006", "0.00021"),
        ("0.008229", "0.00006", "0.008289"),
    ]


def test_an_unknown_price_is_null_with_a_reason_and_no_error(folder: Path) -> None:
    code, (unsold, unnamed) = priced(
        folder,
        {"provider": "openai", "model": "claude-sonnet-4-5", "usage": CHAT},
        {"provider": "openai", "model": None, "usage": CHAT},
    )
    assert code == 0
    assert unsold["cost_usd"] is None and "claude-sonnet-4-5" in unsold["reason"] and unsold["error"] is None
    assert unnamed["cost_usd"] is None and unnamed["reason"] == "no model is named"


def test_a_broken_line_is_an_error_in_its_place_and_the_rest_goes_on(folder: Path) -> None:
    good = {"provider": "openai", "model": "gpt-4o-mini", "usage": CHAT}
    broken = [
        "{",
        "[]",
        good | {"usage": 7},
        good | {"provider": 7},
        good | {"at": "noon"},
        '{"usage": "\\ud800"}',
    ]
    code, lines = priced(folder, good, "", *broken, good)
    assert code == 1
    assert [one["line"] for one in lines] == [1, 3, 4, 5, 6, 7, 8, 9]
    assert [one["error"] is None for one in lines] == [True, *[False] * len(broken), True]
    assert lines[0]["cost_usd"] == lines[-1]["cost_usd"] == "0.00021"


def test_a_line_may_say_when_its_call_was_made(folder: Path) -> None:
    line = {"provider": "anthropic", "model": "claude-sonnet-5", "usage": CHAT, "api_flavor": "chat"}
    _, lines = priced(folder, line, line | {"at": "2026-10-01T00:00:00Z"})
    assert [one["input_usd"] for one in lines] == ["0.002", "0.003"]


def test_a_line_without_a_date_costs_the_same_on_whatever_day_it_is_asked(folder: Path) -> None:
    line = {"provider": "anthropic", "model": "claude-sonnet-5", "usage": CHAT, "api_flavor": "chat"}
    (folder / "usage.jsonl").write_text(json.dumps(line), encoding="utf-8")
    done = json.loads(run(folder, "cost", "price", "usage.jsonl", "--json").stdout)
    assert (done["input_usd"], done["at"], done["price_version"]) == (
        "0.002",
        "2026-07-29T12:00:00+00:00",
        "0.1.4+terms.0.2.3",
    )


def test_every_recorded_block_at_hand_is_priced_to_the_last_digit(folder: Path) -> None:
    file = Path(__file__).parents[3] / "shared" / "data" / "genai_prices" / "usages.jsonl"
    if not file.exists():
        pytest.skip("no recorded usage beside this checkout (../shared/data/genai_prices)")
    asked, known = [], []
    for record in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        usage = next(
            record["body"][root] for root in ("usage", "usageMetadata", "meta") if root in record["body"]
        )
        for one in (one for group in record["extracted"] for one in group["extractors"]):
            line = {"provider": one["provider_id"], "model": record.get("model"), "usage": usage}
            asked.append(json.dumps(line | {"api_flavor": one["api_flavor"]}))
            known.append(amounts(one.get("input_price"), one.get("output_price")))
    (folder / "usage.jsonl").write_text("\n".join(asked), encoding="utf-8")
    done = run(folder, "cost", "price", "usage.jsonl", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [amounts(one["input_usd"], one["output_usd"]) for one in told] == known


def amounts(*texts: str | None) -> tuple[Decimal | None, ...]:
    return tuple(None if text is None else Decimal(text) for text in texts)


def test_an_operator_may_take_another_table(folder: Path) -> None:
    (folder / "watchkeeper.yaml").write_text("price_table: installed\n", encoding="utf-8")
    line = {"provider": "openai", "model": "gpt-4o-mini", "usage": CHAT, "api_flavor": "chat"}
    _, (one,) = priced(folder, line)
    assert one["price_version"] == version("genai-prices")


def test_the_settings_prices_go_over_the_tables(folder: Path) -> None:
    (folder / "watchkeeper.yaml").write_text(
        "prices:\n"
        "  - {provider: acme, model: 'm-*', from: 2026-01-01,\n"
        "     input_usd_per_mtok: 1.5, output_usd_per_mtok: 2}\n",
        encoding="utf-8",
    )
    _, (known, late) = priced(
        folder,
        {"provider": "acme", "model": "m-1", "usage": CHAT},
        {"provider": "acme", "model": "m-1", "usage": CHAT, "at": "2025-12-31T23:59:59Z"},
    )
    assert (known["input_usd"], known["output_usd"], known["source"]) == ("0.0015", "0.0002", "settings")
    assert late["cost_usd"] is None and late["reason"]


def test_a_file_that_is_not_there_is_said_in_a_sentence(folder: Path) -> None:
    error = run(folder, "cost", "price", "nowhere.jsonl").exception
    assert isinstance(error, InvalidInputError)
    assert error.message == "nowhere.jsonl cannot be read: No such file or directory"


def test_names_that_are_no_text_are_shown_all_the_same(folder: Path) -> None:
    _, (one,) = priced(folder, '{"provider": "openai", "model": "\\ud800", "usage": {}}')
    assert one["model"] == "\\ud800" and one["cost_usd"] is None and one["reason"]


def test_the_price_in_force_is_shown_with_where_it_comes_from(folder: Path) -> None:
    asked = ("cost", "prices", "claude-sonnet-4-5", "--provider", "anthropic", "--at", "2026-01-15")
    shown = run(folder, *asked)
    assert shown.exit_code == 0
    assert "anthropic · claude-sonnet-4-5 · from genai-prices" in shown.stdout
    (price,) = json.loads(run(folder, *asked, "--json").stdout)["prices"]
    inputs = [rate for rate in price["rates"] if rate["kind"] == "input_tokens"]
    assert [(rate["usd"], rate["above_input_tokens"]) for rate in inputs] == [("3", None), ("6", 200_000)]


def test_without_a_provider_every_seller_is_shown(folder: Path) -> None:
    found = json.loads(run(folder, "cost", "prices", "claude-sonnet-4-5", "--json").stdout)["prices"]
    assert {"anthropic", "azure", "google"} <= {one["provider"] for one in found}


def test_a_price_nobody_knows_exits_with_1(folder: Path) -> None:
    shown = run(folder, "cost", "prices", "no-such-model")
    assert (shown.exit_code, "no price of 'no-such-model' is known" in shown.stdout) == (1, True)
