"""The body a target is sent: the client's own bytes where it speaks the same dialect, else a translation."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache

import orjson

from watchkeeper.gateway.dialects import Dialect, translate_request

_INCLUDE_USAGE = b'"stream_options":{"include_usage":true}'


def upstream_body(
    raw: bytes, body: Mapping[str, object], *, source: Dialect, to: Dialect, model: str, wants_usage: bool
) -> bytes:
    """The body to send.

    A target of the client's dialect receives every field as the client wrote it, unknown ones, number
    formats and all; only the model's name is replaced, and a stream is asked to tell its usage.

    Args:
        raw: The request's body, as received.
        body: The same, parsed.
        source: The client's dialect.
        to: The target's dialect.
        model: As the target's provider knows it; empty for the one the client named.
        wants_usage: Whether usage must be asked for: in an OpenAI stream whose client did not.

    Raises:
        InvalidInputError: The target's dialect cannot carry what is asked for.
    """
    if source is not to:
        written = _encoded(translate_request(dict(body), source, to, model=model or str(body["model"])))
        return _asking_for_usage(written, {}) if wants_usage and to is Dialect.OPENAI else written
    named = str(body["model"])
    sent = raw if not model or model == named else _renamed(raw, named, model)
    return _asking_for_usage(sent, body) if wants_usage and to is Dialect.OPENAI else sent


def in_newest_words(body: bytes) -> bytes:
    """A body that `CallPath` has written, with the most tokens of its answer under their newest name.

    The name stands in it once before any schema, whose properties may have any name; inside a text its
    quotation marks are escaped.

    >>> in_newest_words(b'{"model":"m","max_tokens":7}')
    b'{"model":"m","max_completion_tokens":7}'
    """
    return body.replace(b'"max_tokens":', b'"max_completion_tokens":', 1)


def _encoded(body: Mapping[str, object]) -> bytes:
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:  # half a surrogate pair, which text taken from documents may hold
        return _written(body)


def _renamed(raw: bytes, named: str, model: str) -> bytes:
    pattern = _naming(named)
    at = pattern.search(raw)
    if at is None or pattern.search(raw, at.end()) is not None:
        return _written({**json.loads(raw), "model": model})
    return b"".join((raw[: at.end(1)], orjson.dumps(model), raw[at.end() :]))


@lru_cache(maxsize=256)
def _naming(model: str) -> re.Pattern[bytes]:
    """Where a body names this model.

    A quotation mark inside a JSON string is escaped, so this matches names of members only. Where the same
    pair stands twice, or the name is written with escapes, the body is written anew.
    """
    return re.compile(rb'("model"\s*:\s*)' + re.escape(orjson.dumps(model)))


def _asking_for_usage(raw: bytes, body: Mapping[str, object]) -> bytes:
    options = body.get("stream_options")
    if options is None and "stream_options" not in body:
        brace = raw.index(b"{") + 1
        return raw[:brace] + _INCLUDE_USAGE + b"," + raw[brace:]  # a request has a model, so more follows
    asked = {**options, "include_usage": True} if isinstance(options, Mapping) else {"include_usage": True}
    fresh = json.loads(raw)
    fresh["stream_options"] = asked
    return _written(fresh)


def _written(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
