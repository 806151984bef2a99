"""Going on with an answer that broke off: another target is given what was delivered as its own words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from watchkeeper.gateway.dialects import Dialect, SseEvent
from watchkeeper.gateway.relay.request import ClientRequest


def may_continue(request: ClientRequest) -> bool:
    """Whether an answer to it can be continued at all: one answer, of plain text.

    A tool call, JSON or one of several answers cannot be cut and sewn without the client noticing.
    """
    facts = request.facts
    return (
        facts.plain_text
        and facts.n == 1
        and not facts.has_tools
        and facts.json_schema is None
        and not facts.is_json_mode
    )


def continued(request: ClientRequest, delivered: str) -> ClientRequest:
    """The request with what was delivered as its last message; itself where nothing was."""
    if not delivered:
        return request
    body: dict[str, Any] = json.loads(request.raw)
    body["messages"] = [*body["messages"], {"role": "assistant", "content": delivered}]
    raw = json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
    return replace(request, raw=raw, body=body)


class Seam:
    """Makes the events of a second target follow those of the first.

    What begins an answer was sent already and is left out; an OpenAI chunk keeps the first answer's id.
    """

    def __init__(self, dialect: Dialect, first_id: str | None) -> None:
        """Prepare.

        Args:
            dialect: Of the client, and of the events.
            first_id: The id the client has seen.
        """
        self._dialect = dialect
        self._first_id = first_id

    def sewn(self, events: Sequence[SseEvent]) -> bytes:
        """The events as they go on, ready to send."""
        return b"".join([self._sewn(event) for event in events])

    def _sewn(self, event: SseEvent) -> bytes:
        try:
            data = orjson.loads(event.data)
        except orjson.JSONDecodeError:
            return event.raw  # the end mark
        if self._dialect is Dialect.ANTHROPIC:
            return b"" if _begins_message(data) else event.raw
        if _begins_completion(data):
            return b""
        if self._first_id is not None:
            data["id"] = self._first_id
        return b"data: " + orjson.dumps(data) + b"\n\n"


def id_of(sent: bytes) -> str | None:
    """The id of the completion that the first event of a stream belongs to."""
    try:
        found = orjson.loads(sent.partition(b"\n")[0].removeprefix(b"data: "))
    except orjson.JSONDecodeError:
        return None
    identity = found.get("id") if isinstance(found, dict) else None
    return identity if isinstance(identity, str) else None


def _begins_message(data: Mapping[str, Any]) -> bool:
    return data.get("type") in {"message_start", "content_block_start"}


def _begins_completion(data: Mapping[str, Any]) -> bool:
    choices = data.get("choices") or [{}]
    delta = choices[0].get("delta") or {}
    return "role" in delta and not delta.get("content") and choices[0].get("finish_reason") is None
