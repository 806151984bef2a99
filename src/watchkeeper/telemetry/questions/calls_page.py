"""The newest calls, a page at a time, and one of them whole."""

from dataclasses import dataclass
from typing import Literal

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.questions.answers import AskedRange
from watchkeeper.telemetry.questions.call_row import CallRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsPage:
    """Some calls, newest first."""

    range: AskedRange
    calls: tuple[CallRow, ...]
    next: str | None
    """Asked for as `after`, the page that follows; null at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptContent:
    """What was asked or answered, as far as it is kept."""

    sha256: str
    state: Literal["kept", "not kept", "damaged"]
    media_type: str | None
    text: str | None
    """Redacted; null where it is not kept, or is no text."""
    size_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDetail:
    """A call with everything that is known of it."""

    row: CallRow
    span: Span
    prompt: KeptContent | None
    """Null where the call told of none."""
    reply: KeptContent | None
    evaluations: tuple[EvaluationResult, ...]
    feedback: tuple[Feedback, ...]
