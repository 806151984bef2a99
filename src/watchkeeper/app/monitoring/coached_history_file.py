"""A history of coached documents as a JSON file tells it."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.files.invalid_document import wrong_places
from watchkeeper.monitoring.criteria.coached_history import (
    CoachedDocument,
    CoachedHistory,
    PlannedPhase,
    ReadDocument,
)

_COACHED = {"at", "accuracy", "rounds", "golden"}
_READ = {"at", "agreement", "seconds", "pages", "critical_error"}
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Document(_Part):
    at: AwareDatetime
    accuracy: Share | None = None
    rounds: int = Field(ge=0)
    golden: bool = False
    agreement: Share | None = None
    seconds: float = Field(ge=0)
    pages: int = Field(ge=0)
    critical_error: str | None = None


class _Phase(_Part):
    phase: int
    due: AwareDatetime
    documents: int = Field(ge=0)


class _History(_Part):
    began_at: AwareDatetime | None = None
    documents: list[_Document] = Field(default_factory=list)
    plan: list[_Phase] = Field(default_factory=list)


def coached_history_of(text: str) -> CoachedHistory:
    """The history a JSON document tells.

    Raises:
        InvalidInputError: It tells none; the first place that is wrong is named.
    """
    try:
        told = _History.model_validate_json(text)
    except ValidationError as wrong:
        raise InvalidInputError(
            wrong_places(wrong, whole="the file", most=1), action="give documents, plan and began_at"
        ) from None
    told.documents.sort(key=lambda one: one.at)
    return CoachedHistory(
        documents=tuple(CoachedDocument(**one.model_dump(include=_COACHED)) for one in told.documents),
        readings=tuple(ReadDocument(**one.model_dump(include=_READ)) for one in told.documents),
        plan=tuple(PlannedPhase(**one.model_dump()) for one in told.plan),
        began_at=told.began_at,
    )


def instant_of_text(text: str) -> datetime:
    """An instant with its zone.

    Raises:
        InvalidInputError: It is none.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInputError(f"{text!r:.40} is no instant", action="write it as 2026-11-28T09:00:00Z")
    return at
