"""What is recorded beside spans and metrics: queries, scores and feedback, as the API takes them."""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.query_record import QueryRecord

Record = QueryRecord | EvaluationResult | Feedback
TEXT_AT_MOST = 200
"""Characters of a query's text that are kept (law 10)."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How texts are treated before they leave the process."""

    redact: Callable[[str], str]
    keep_query_text: bool

    def of_query(self, text: str | None) -> str | None:
        """A query's text, redacted and cut; None where it is not kept."""
        return self.of(text, TEXT_AT_MOST) if self.keep_query_text else None

    def of(self, text: str | None, at_most: int = 4_000) -> str | None:
        """Any other text, redacted and cut."""
        if text is None:
            return None
        try:
            return self.redact(str(text))[:at_most]
        except Exception:  # noqa: BLE001 - what cannot be redacted is not kept
            return None


def body_of(record: Record) -> bytes:
    """One record as a JSON object, without what is unknown."""
    row: dict[str, Any] = {name: value for name, value in asdict(record).items() if value not in (None, ())}
    if "attributes" in row:
        row["attributes"] = dict(row["attributes"])
    return orjson.dumps(row)


def id_of(*facts: object) -> str:
    """An id made from what a record says, so that the same record sent twice is one."""
    return hashlib.sha256("\x1f".join(map(str, facts)).encode("utf-8", "replace")).hexdigest()[:32]


def attributes_of(attributes: Mapping[str, object] | None) -> tuple[tuple[str, str], ...]:
    """Attributes as a record carries them."""
    return tuple(sorted((str(name), str(value)) for name, value in attributes.items())) if attributes else ()


def is_share(value: object) -> bool:
    """Whether this is a number from 0 to 1."""
    return is_number(value) and 0 <= float(str(value)) <= 1


def is_number(value: object) -> bool:
    """Whether this is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def names_of(components: Iterable[str]) -> tuple[str, ...]:
    """Names of components, each once, in order."""
    return tuple(dict.fromkeys(str(name) for name in components))
