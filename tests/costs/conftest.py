"""The recorded usage blocks beside this checkout, one call for each shape each can be read in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[3] / "shared" / "data" / "genai_prices" / "usages.jsonl"


@dataclass(frozen=True)
class RecordedCall:
    provider: str
    model: str | None
    flavor: str
    usage: dict[str, Any]
    """As the provider sent it, without the reply around it."""
    body: dict[str, Any]
    expected: tuple[Decimal, Decimal, Decimal] | None
    """Input, output, total; None where the provider does not sell the model."""


@pytest.fixture(scope="session")
def recorded_calls() -> list[RecordedCall]:
    if not FILE.exists():
        pytest.skip("no recorded usage beside this checkout (../shared/data/genai_prices)")
    return list(_calls(FILE.read_text(encoding="utf-8").splitlines()))


def _calls(lines: list[str]) -> Iterator[RecordedCall]:
    for line in lines:
        record = json.loads(line)
        body = record["body"]
        usage = next(body[root] for root in ("usage", "usageMetadata", "meta") if root in body)
        for group in record["extracted"]:
            for known in group["extractors"]:
                yield RecordedCall(
                    provider=known["provider_id"],
                    model=record.get("model"),
                    flavor=known["api_flavor"],
                    usage=usage,
                    body=body,
                    expected=_expected(known),
                )


def _expected(known: dict[str, str]) -> tuple[Decimal, Decimal, Decimal] | None:
    if "input_price" not in known:
        return None
    into, out = Decimal(known["input_price"]), Decimal(known["output_price"])
    return into, out, Decimal(known["total_price"]) if "total_price" in known else into + out
