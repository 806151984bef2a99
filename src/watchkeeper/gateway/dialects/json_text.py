"""JSON as it stands inside bodies and events."""

import json

import orjson


def compact_json(value: object) -> str:
    """A value as JSON without blanks.

    >>> compact_json({"a": [1, "å"]})
    '{"a":[1,"å"]}'
    """
    return json_bytes(value).decode()


def json_bytes(value: object) -> bytes:
    """A value as JSON bytes; a lone surrogate, which UTF-8 cannot carry, becomes `?`."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # a lone surrogate, or a number beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
