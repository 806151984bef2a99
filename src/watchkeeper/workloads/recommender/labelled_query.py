"""A query whose relevant documents are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """One query of an evaluation."""

    key: str
    """Its id, such as `query-07`."""
    text: str
    grades: Mapping[str, int] = field(default_factory=dict)
    """Relevance by document, 1 to 3; a document that is not named has none."""
