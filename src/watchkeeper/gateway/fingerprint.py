"""Fingerprints of what was asked and answered: receipts hold these and never the content."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass

from watchkeeper.domain.call import ImagePart, Message, Reply


def prompt_bytes(messages: Sequence[Message]) -> bytes:
    """Messages in one canonical form, images by their hash: what `prompt_sha256` is the hash of."""
    conversation = [
        {
            "role": message.role,
            "parts": [
                {"image": part.media_type, "sha256": hashlib.sha256(part.data).hexdigest()}
                if isinstance(part, ImagePart)
                else {"text": part.text}
                for part in message.parts
            ],
        }
        for message in messages
    ]
    return _canonical(conversation)


def prompt_sha256(messages: Sequence[Message]) -> str | None:
    """The hash of what was asked; None where there are no messages, as for a baseline engine."""
    return hashlib.sha256(prompt_bytes(messages)).hexdigest() if messages else None


def response_sha256(reply: Reply) -> str | None:
    """The hash of the answer's text, or of a baseline engine's own answer in canonical JSON.

    None for an answer that has no such form.
    """
    if reply.text or reply.parsed is None:
        return hashlib.sha256(reply.text.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        return hashlib.sha256(_canonical(reply.parsed)).hexdigest()
    except (TypeError, ValueError, RecursionError):
        return None


def _canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_plain)
    return text.encode()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {column.name: getattr(value, column.name) for column in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
