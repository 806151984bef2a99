"""Real exchanges of many providers are read without a loss."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.gateway.dialects.recorded import CassetteExchange, RecordedUsage, parse_cassettes
from watchkeeper.gateway.dialects.recorded.documents import take_apart

DATA = Path(__file__).parents[5] / "shared" / "data"
CASSETTES = DATA / "provider_cassettes"
USAGES = DATA / "genai_prices" / "usages.jsonl"
TEXT_KEYS = frozenset({
    *("text", "content", "thinking", "reasoning", "reasoning_content", "refusal", "completion", "outputText"),
    *("generation", "response", "tool_plan", "transcript", "delta", "partial_json", "arguments", "input"),
})  # fmt: skip
NOT_THE_MODELS = (
    ".content[].content",  # results of tools the provider ran
    ".content_block.content",
    ".tool_output",
    ".groundingChunks",
    ".prompt.text",  # the prompt, repeated
    ".error",
)
"""Places whose text is not the model's."""
COUNTED = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "output_reasoning_tokens": "reasoning_tokens",
    "input_audio_tokens": "input_audio_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "input_tool_tokens": "input_tool_tokens",
}
"""What the expected usages are called there, and here."""


@pytest.fixture(scope="module")
def recorded() -> list[tuple[dict[str, Any], CassetteExchange]]:
    """Every interaction with what was read of it."""
    if not CASSETTES.is_dir():
        pytest.skip("the recorded exchanges are not at hand (../shared/data/provider_cassettes)")
    found = []
    for file in sorted(CASSETTES.glob("*.jsonl")):
        rows = file.read_bytes().splitlines()
        interactions = [one for row in rows for one in json.loads(row)["interactions"]]
        read = list(parse_cassettes(rows))
        assert all(isinstance(one, CassetteExchange) for one in read)
        found += list(zip(interactions, read, strict=True))
    return found  # type: ignore[return-value]


def texts_of(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from texts_of(one, f"{path}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one, path + "[]")
    elif isinstance(value, str) and value and path.removesuffix("[]").rpartition(".")[2] in TEXT_KEYS:
        yield path, value


def test_every_text_of_every_reply_is_found(recorded: list[tuple[dict[str, Any], CassetteExchange]]) -> None:
    lost = []
    for interaction, read in recorded:
        said = [
            *read.texts,
            read.reasoning,
            read.refusal or "",
            *(call.arguments for call in read.tool_calls),
        ]
        for document in take_apart(interaction["response"]["body"]).documents:
            for path, text in texts_of(document):
                if not any(text in one for one in said) and not any(
                    place in path for place in NOT_THE_MODELS
                ):
                    lost.append((read.provider, read.line, path))

    assert lost == []


def test_every_finished_reply_tells_why_it_ended(
    recorded: list[tuple[dict[str, Any], CassetteExchange]],
) -> None:
    silent = [
        (read.provider, read.line)
        for interaction, read in recorded
        for reason in ("finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason")
        if f'"{reason}": "' in json.dumps(interaction["response"]["body"]) and read.stop_reason is None
    ]

    assert silent == []


def test_every_failure_is_found_and_nothing_else_fails(
    recorded: list[tuple[dict[str, Any], CassetteExchange]],
) -> None:
    for _, read in recorded:
        if read.http_status >= 400:
            assert read.error_class is not None
        if read.http_status == 429:
            assert read.error_class == "TargetRateLimitedError"
            assert read.error is not None
            assert read.error.retryable
    inside = [read for _, read in recorded if read.http_status < 400 and read.error is not None]
    assert {read.error.provider_code for read in inside if read.error} <= {
        "content_filter",
        "tool_use_failed",
    }


def test_every_stream_ends_with_its_mark_or_in_an_error(
    recorded: list[tuple[dict[str, Any], CassetteExchange]],
) -> None:
    assert [read.line for _, read in recorded if read.complete is False and read.error is None] == []


def test_usage_is_what_others_counted(recorded: list[tuple[dict[str, Any], CassetteExchange]]) -> None:
    if not USAGES.is_file():
        pytest.skip("the expected usages are not at hand (../shared/data/genai_prices)")
    by_file: dict[str, list[CassetteExchange]] = {}
    for _, read in recorded:
        by_file.setdefault((read.source_path or "").removeprefix("tests/"), []).append(read)
    compared, differing = 0, []
    for row in USAGES.read_bytes().splitlines():
        expected = json.loads(row)
        body = expected["body"]
        block = body.get("usage") or body.get("usageMetadata") or body.get("meta")
        read = next((one for one in by_file.get(body["file"], ()) if _holds(one.raw_usage, block)), None)
        if read is None:
            continue  # its cassette is not among these
        compared += 1
        if _counts(read.usage) not in [_expected(one["usage"]) for one in expected["extracted"]]:
            differing.append((body["file"], read.usage))

    assert compared > 300
    assert differing == []


def _holds(raw: dict[str, Any] | None, block: dict[str, Any]) -> bool:
    return raw is not None and all(
        raw.get(name) == value for name, value in block.items() if value is not None
    )


def _counts(usage: RecordedUsage | None) -> dict[str, int]:
    """What is counted and not 0: the expected usages leave out both alike."""
    found = {theirs: getattr(usage, ours) for theirs, ours in COUNTED.items()}
    return {name: tokens for name, tokens in found.items() if tokens}


def _expected(usage: dict[str, int]) -> dict[str, int]:
    return {name: tokens for name, tokens in usage.items() if name in COUNTED and tokens}
