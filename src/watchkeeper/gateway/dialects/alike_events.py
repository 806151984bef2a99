"""Events that are like one before but for their text: nearly all of a stream, told without reading JSON."""

from typing import Any

import orjson

from watchkeeper.gateway.dialects.dialect import Dialect

_TRIES = 3
"""Events that are looked at for a shape; a stream whose events all differ elsewhere too is read as JSON."""


class AlikeEvents:
    """The shape of one stream's text events, and the text of those that have it.

    An event's JSON is the same as the learned one's but for one string where its bytes are the same before
    and after it, and hold no quotation mark, escape or control character between. Telling that costs a
    fifth of reading it.

    Attributes:
        texts: Where the texts go; whoever collects them gives the list before there is a shape to know.
    """

    __slots__ = ("_after", "_before", "_dialect", "_tries", "texts")

    def __init__(self, dialect: Dialect) -> None:
        self.texts: list[str] = []
        self._dialect = dialect
        self._before = b""
        self._after = b""
        self._tries = _TRIES

    def take(self, piece: bytes) -> int:
        """Note the texts of the events at the beginning of a piece that have the shape.

        Args:
            piece: Begins with an event, as received.

        Returns:
            How many bytes of the piece these events are.
        """
        before, after = self._before, self._after
        if not before:
            return 0
        end = 0
        while piece.startswith(before, end):
            begin = end + len(before)
            stop = piece.find(b'"', begin)
            if stop < 0 or not piece.startswith(after, stop):
                break
            try:
                text = piece[begin:stop].decode()
            except UnicodeDecodeError:
                break
            # JSON holds it as it is, if there is no escape and no control character; a few rare letters
            # that do not print are read as JSON for it, which says the same.
            if "\\" in text or not text.isprintable():
                break
            self.texts.append(text)
            end = stop + len(after)
        return end

    def learn(self, raw: bytes, data: dict[str, Any]) -> None:
        """Take the shape of an event that says nothing but text.

        Args:
            raw: The event as received, with its empty line.
            data: The same, parsed.
        """
        if self._tries == 0:
            return
        holder = _holder(self._dialect, data)
        if holder is None:
            return
        self._tries -= 1
        name = "content" if self._dialect is Dialect.OPENAI else "text"
        literal = orjson.dumps(holder[name])
        block = raw.removesuffix(b"\n\n")
        line_at = block.rfind(b"\n") + 1
        at = block.find(literal, line_at)
        if at < 0 or not block.startswith(b"data: ", line_at) or block.count(b"data:", 0, line_at):
            return
        before, after = block[: at + 1], block[at + len(literal) - 1 :]
        # The same words may stand elsewhere in the event: what changes must be the text itself.
        try:
            changed = orjson.loads(before[line_at + 6 :] + b"x" + after)
        except orjson.JSONDecodeError:
            return
        found = _holder(self._dialect, changed)
        if found is None or found[name] != "x":
            return
        found[name] = holder[name]
        if changed == data:
            self._before, self._after = before, after + b"\n\n"


def _holder(dialect: Dialect, data: dict[str, Any]) -> dict[str, Any] | None:
    """The object that holds an event's text; None where the event says anything beside it, or no text."""
    if dialect is Dialect.ANTHROPIC:
        delta = data.get("delta")
        if data.get("type") != "content_block_delta" or not isinstance(delta, dict):
            return None
        says_text = delta.get("type") == "text_delta" and isinstance(delta.get("text"), str) and delta["text"]
        return delta if says_text else None
    choices = data.get("choices")
    if (
        data.get("usage")
        or data.get("error") is not None
        or not isinstance(choices, list)
        or len(choices) != 1
    ):
        return None
    choice = choices[0]
    if not isinstance(choice, dict) or choice.get("finish_reason") is not None:
        return None
    delta = choice.get("delta")
    index = choice.get("index")
    if index not in (0, None) or not isinstance(delta, dict) or delta.keys() != {"content"}:
        return None
    return delta if isinstance(delta["content"], str) and delta["content"] else None
