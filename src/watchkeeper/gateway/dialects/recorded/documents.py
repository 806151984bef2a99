"""The JSON documents of a recorded body, however it was sent."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson

from watchkeeper.gateway.dialects.recorded.aws_event_stream import begins_as_stream, messages
from watchkeeper.gateway.dialects.recorded.shape import Document
from watchkeeper.gateway.dialects.sse import DONE, SseReader

_BINARY = "_binary_base64"


@dataclass(frozen=True, slots=True)
class Body:
    """A body taken apart."""

    documents: tuple[Document, ...]
    stream: bool = False
    ended: bool = False
    """The end mark `[DONE]` was seen."""
    damaged: str | None = None
    """Why some of it could not be read."""
    plain: str = ""
    """Text that is no JSON at all, such as a page of a proxy."""


def take_apart(body: object) -> Body:
    """The documents of a body: a JSON value, server-sent events, lines of JSON, or a binary stream."""
    if isinstance(body, dict):
        if _BINARY in body:
            return _binary(str(body[_BINARY]))
        return Body((body,))
    if isinstance(body, list):
        return _array(body)
    if not isinstance(body, str) or not body.strip():
        return Body(())
    if body.lstrip().startswith(("data:", "event:", ":", "id:", "retry:")):
        return _events(body)
    return _lines(body)


def _array(values: list[Any]) -> Body:
    """An array: the events of a stream (Gemini without `alt=sse`), or the answers of a reply."""
    found = _objects(values)
    return Body(found, stream=any("candidates" in one or "error" in one for one in found))


def _events(body: str) -> Body:
    reader = SseReader()
    events = reader.feed(body.encode("utf-8", "surrogatepass")) + reader.finish()
    found: list[Document] = []
    ended, damaged = False, None
    for event in events:
        if event.data.strip() == DONE:
            ended = True
            continue
        document = _parsed(event.data)
        if isinstance(document, dict):
            found.append(document)
        elif document is None:
            damaged = "an event is not JSON"
    return Body(tuple(found), stream=True, ended=ended, damaged=damaged)


def _lines(body: str) -> Body:
    whole = _parsed(body.encode("utf-8", "surrogatepass"))
    if isinstance(whole, dict):
        return Body((whole,))
    if isinstance(whole, list):
        return _array(whole)
    parsed = [_parsed(line.encode("utf-8", "surrogatepass")) for line in body.splitlines() if line.strip()]
    found = _objects(parsed)
    if not found:
        return Body((), plain=body)
    damaged = "a line is not JSON" if len(found) < len(parsed) else None
    return Body(found, stream=True, damaged=damaged)


def _binary(encoded: str) -> Body:
    found: list[Document] = []
    try:
        data = base64.b64decode(encoded)
        if not begins_as_stream(data):
            return Body(())  # a sound or a picture
        for headers, payload in messages(data):
            found.extend(_message(headers, payload))
    except (ValueError, IndexError, binascii.Error) as broken:
        return Body(tuple(found), stream=True, damaged=f"the binary stream is damaged: {broken}")
    return Body(tuple(found), stream=True)


def _message(headers: dict[str, str], payload: bytes) -> list[Document]:
    """A message's document: the event's name over its payload, or what an invoked model sent itself."""
    document = _parsed(payload) if payload else {}
    if not isinstance(document, dict):
        return []
    if headers.get(":message-type") in {"exception", "error"}:
        code = headers.get(":exception-type") or headers.get(":error-code")
        words = document.get("message") or headers.get(":error-message")
        return [{"error": {"code": code, "message": words}}]
    if isinstance(document.get("bytes"), str):
        inner = _parsed(base64.b64decode(document["bytes"]))
        return [inner] if isinstance(inner, dict) else []
    return [{headers.get(":event-type", "event"): document}]


def _objects(values: list[Any]) -> tuple[Document, ...]:
    return tuple(value for value in values if isinstance(value, dict))


def _parsed(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
