"""What a scripted provider says: words that can be foretold, a tool's arguments, JSON of a schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from watchkeeper.testing.provider.asked import Asked


@dataclass(slots=True)
class Said:
    """An answer, the same for every choice."""

    text: str
    output_tokens: int
    """Of one choice; a word is a token."""
    tool_arguments: str | None = None
    """Given, the answer calls the asked tool with this JSON."""
    is_cut_short: bool = False
    """Whether the request allowed fewer tokens than the answer has."""


def foretold(echo: str, tokens: int) -> str:
    """The whole answer to a request whose user message begins with a word, as any model here gives it.

    >>> foretold("hi", 4)
    'hi w1 w2 w3'
    """
    return (echo or "w0") + _after_first(tokens) if tokens > 0 else ""


@cache
def _after_first(tokens: int) -> str:
    return "".join(f" w{n}" for n in range(1, tokens))


def said(asked: Asked, output_tokens: int) -> Said:
    """Answer a request with so many tokens, fewer where it allows fewer only.

    One that ends in words of the assistant's is answered with what follows them in the whole answer, so
    that a continuation repeats nothing and leaves nothing out.
    """
    if asked.tool is not None:
        arguments = orjson.dumps(
            sample_of(asked.tool.get("parameters") or asked.tool.get("input_schema") or {})
        )
        return Said("", max(1, len(arguments) // 4), tool_arguments=arguments.decode())
    if asked.schema is not None:
        text = orjson.dumps(sample_of(asked.schema)).decode()
        return Said(text, max(1, len(text) // 4))
    text = foretold(asked.echo, output_tokens)
    if not asked.images and asked.prefix is None and (asked.most_tokens or output_tokens) >= output_tokens:
        return Said(text, output_tokens)
    if asked.images:
        text = f"{asked.echo} images={asked.images} {text}"
    if asked.prefix is not None:
        text = text.removeprefix(asked.prefix)
    words = text.count(" ") + 1 - text.startswith(" ")
    if asked.most_tokens is not None and asked.most_tokens < words:
        kept = text.split(" ")[: asked.most_tokens + text.startswith(" ")]
        return Said(" ".join(kept), asked.most_tokens, is_cut_short=True)
    return Said(text, words)


def pieces(text: str, count: int) -> list[str]:
    """A text in so many pieces, fewer where it is shorter.

    >>> pieces("one two three", 2)
    ['one two', ' three']
    """
    size = max(1, -(-len(text) // max(1, count)))
    return [text[at : at + size] for at in range(0, len(text), size)]


def sample_of(schema: Mapping[str, Any]) -> Any:
    """The simplest value that a JSON schema of plain types allows.

    >>> sample_of({"type": "object", "properties": {"n": {"type": "integer"}}})
    {'n': 1}
    """
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return {name: sample_of(one) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample_of(schema.get("items", {"type": "string"}))]
    simple: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}
    return simple.get(kind)
