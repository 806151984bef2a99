"""Cassettes: JSON lines, each a recording of one or more exchanges with a provider."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import orjson

from watchkeeper.gateway.dialects.fields import inner, json_type
from watchkeeper.gateway.dialects.recorded.exchange import ParsedExchange, RecordedExchange
from watchkeeper.gateway.dialects.recorded.parse import parse_exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class CassetteExchange(ParsedExchange):
    """One exchange of a cassette, read."""

    line: int
    """From 1."""
    interaction: int
    """Of the line's, from 0."""
    source_path: str | None
    """Where the recording says it comes from."""
    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableLine:
    """A line, or an exchange of it, that is no recording."""

    line: int
    interaction: int | None
    problem: str


def parse_cassettes(lines: Iterable[bytes]) -> Iterator[CassetteExchange | UnreadableLine]:
    """Read the exchanges of each line, in order; empty lines are passed over.

    A line is an object with `provider` and `interactions`, each a `request` (`method`, `path`, `body`) and a
    `response` (`status`, `headers`, `body`); or one such interaction itself.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cassette = orjson.loads(line)
        except orjson.JSONDecodeError as broken:
            yield UnreadableLine(line=number, interaction=None, problem=f"the line is not JSON: {broken.msg}")
            continue
        if not isinstance(cassette, dict):
            problem = f"the line must be a JSON object, not {json_type(cassette)}"
            yield UnreadableLine(line=number, interaction=None, problem=problem)
            continue
        yield from _exchanges(number, cassette)


def _exchanges(line: int, cassette: dict[str, Any]) -> Iterator[CassetteExchange | UnreadableLine]:
    interactions = cassette.get("interactions", [cassette])
    if not isinstance(interactions, list):
        problem = f"`interactions` must be an array, not {json_type(interactions)}"
        yield UnreadableLine(line=line, interaction=None, problem=problem)
        return
    for at, interaction in enumerate(interactions):
        recorded = _recorded(cassette, interaction)
        if isinstance(recorded, str):
            yield UnreadableLine(line=line, interaction=at, problem=recorded)
            continue
        parsed = parse_exchange(recorded)
        source = cassette.get("source_path")
        yield CassetteExchange(
            **{one.name: getattr(parsed, one.name) for one in fields(parsed)},
            line=line,
            interaction=at,
            source_path=source if isinstance(source, str) else None,
            method=recorded.method,
            path=recorded.path,
        )


def _recorded(cassette: Mapping[str, Any], interaction: object) -> RecordedExchange | str:
    """The exchange, or what is wrong with it."""
    request, response = inner(interaction, "request"), inner(interaction, "response")
    status = inner(response, "status")
    if isinstance(status, dict):  # some recorders write {"code": 200, "message": "OK"}
        status = status.get("code")
    path = inner(request, "path") or inner(request, "uri") or inner(request, "url")
    if not isinstance(request, dict) or not isinstance(path, str):
        return "`request.path` is missing"
    if not isinstance(response, dict) or type(status) is not int:
        return "`response.status` is missing or no number"
    headers = response.get("headers")
    provider = cassette.get("provider")
    return RecordedExchange(
        provider=provider if isinstance(provider, str) else "unknown",
        method=str(request.get("method") or "POST").upper(),
        path=path,
        request=request.get("body"),
        status=status,
        headers=_headers(headers) if isinstance(headers, dict) else {},
        body=response.get("body"),
    )


def _headers(headers: dict[str, Any]) -> dict[str, str]:
    """Names in lower case; of a header sent several times the first value."""
    first = {
        name: found[0] if isinstance(found, list) and found else found for name, found in headers.items()
    }
    return {name.lower(): value for name, value in first.items() if isinstance(value, str)}
