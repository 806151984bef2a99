"""Fingerprints of what baseline engines answer: receipts hold these and never the content."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass


def answer_sha256(answer: object) -> str | None:
    """The hash of an engine's answer in canonical JSON; of nothing where it answered nothing.

    None for an answer that has no such form.
    """
    if answer is None:
        return hashlib.sha256(b"").hexdigest()
    try:
        return hashlib.sha256(_canonical(answer)).hexdigest()
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
