"""What a piece of content says, as a search sees it: of JSON its strings, of other text the text."""

from collections.abc import Iterator

import orjson

from watchkeeper.telemetry.redaction import is_json, is_text

BETWEEN = "\x1e"
"""Stands between the strings of a JSON document; no phrase reaches over it."""


def searched_text(data: bytes, media_type: str) -> str | None:
    r"""The text; None for what is no text, such as an image.

    JSON counts by its values, not by its keys: escapes undone, one string after the other, numbers left
    out. Several documents, a line each, are read one by one. What is no JSON after all is read as text.

    >>> searched_text(b'{"role": "user", "content": "\\u00c5rets resultat"}', "application/json")
    'user\x1eÅrets resultat'
    """
    if not is_text(media_type):
        return None
    if is_json(media_type):
        try:
            return BETWEEN.join(_strings(orjson.loads(data)))
        except orjson.JSONDecodeError:
            lines = data.splitlines()
            if len(lines) > 1:
                return BETWEEN.join(filter(None, (searched_text(line, media_type) for line in lines)))
    return data.decode("utf-8", "replace")


def _strings(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if type(value) is str:
            yield value
        elif type(value) is dict:
            waiting.extend(reversed(value.values()))
        elif type(value) is list:
            waiting.extend(reversed(value))
