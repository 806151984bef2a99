"""When two spans with one key say the same."""

import json
from dataclasses import MISSING, fields
from decimal import Decimal
from hashlib import blake2b
from operator import attrgetter

from watchkeeper.domain.span import Span

_PLAIN = tuple(column for column in fields(Span) if column.name not in {"cost_usd", "attributes"})
_NAMES = tuple(column.name for column in _PLAIN)
_DEFAULTS = tuple(None if column.default is MISSING else column.default for column in _PLAIN)
_values = attrgetter(*_NAMES)

FINGERPRINT_BYTES = 16
"""128 bits: two different contents of one key will not meet by accident."""


def content_fingerprint(span: Span) -> bytes:
    """What is equal for two spans exactly when their content is; the span must be storable.

    Columns that hold their default are left out, so that a column added in a later version does not
    make every older span look changed.
    """
    told: list[object] = [
        (name, value)
        for name, value, default in zip(_NAMES, _values(span), _DEFAULTS, strict=True)
        if value is not default
    ]
    if span.cost_usd is not None:
        told.append(("cost_usd", _canonical(span.cost_usd)))
    if span.attributes:
        told.append(("attributes", span.attributes))
    text = json.dumps(told, sort_keys=True)
    return blake2b(text.encode(), digest_size=FINGERPRINT_BYTES).digest()


def _canonical(cost_usd: Decimal) -> str:
    """One text for equal amounts, however many zeros they end with."""
    text = f"{cost_usd:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
