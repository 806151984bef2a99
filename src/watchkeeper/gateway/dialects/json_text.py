"""JSON as it stands inside bodies and events."""

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
    except orjson.JSONEncodeError:
        return orjson.dumps(_without_surrogates(value))


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_without_surrogates(one) for one in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    return value
