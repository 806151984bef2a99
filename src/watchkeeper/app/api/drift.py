"""`/drift`: references, and whether calls and models are still as they were."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from watchkeeper.app.api.asked import AskedTime
from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.monitoring.call_texts import CallTexts
from watchkeeper.app.monitoring.model_readings import ModelSpan, compared_models, read_model_change
from watchkeeper.app.monitoring.reference_drift import (
    NO_WORDS,
    calls_drift,
    calls_table,
    found_reference,
    words_missing,
    worth_keeping,
)
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.drift.column_drift import ColumnDrift
from watchkeeper.monitoring.drift.model_behaviour import ModelVerdict
from watchkeeper.monitoring.drift.reference import MOST_VALUES, ReferenceFacts
from watchkeeper.monitoring.drift.table_drift import Table

router = APIRouter(prefix="/drift", tags=["drift"])

_DAY_S = 86_400.0


class AskedModels(RequestModel):
    """Which models, and which times."""

    workload: str | None = None
    model: str | None = None
    current_s: float = Field(default=_DAY_S, ge=60, description="Seconds up to now that are compared.")
    reference_s: float = Field(default=7 * _DAY_S, ge=60, description="Seconds before these.")


class ModelBody(BaseModel):
    """One model of one workload."""

    workload: str
    model: str
    since: datetime
    """Where the present stretch begins."""
    verdict: ModelVerdict


class NewReference(RequestModel):
    """A reference: of a table that is sent, or of a workload's stored calls."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    source: str = Field(default="", max_length=500)
    columns: dict[str, list[str]] | None = Field(default=None, description="Values by column, all as long.")
    workload: str | None = Field(default=None, min_length=1, description="Or of this workload's calls.")
    since: str | None = None
    until: str | None = None


class AddedReference(BaseModel):
    """A reference that was just kept."""

    name: str
    version: int
    workload: str | None
    source: str
    rows: int
    columns: tuple[str, ...]
    made_at: datetime
    without_words: str | None
    """Why neither prompts nor replies of the calls are in it; null: they are, or it is of no calls."""


class ReferenceDriftBody(BaseModel):
    """What stored calls are, held against a reference."""

    reference: ReferenceFacts
    workload: str
    since: datetime
    until: datetime
    drifted: bool
    columns: tuple[ColumnDrift, ...]


class AskedReference(AskedTime):
    """Which calls are held against a reference."""

    reference: str = Field(description="`name`, or `name@version`.")
    workload: str | None = Field(default=None, description="The reference's own if not given.")
    column: list[str] = Field(default_factory=list, description="Only these columns.")


@router.get("/references")
def list_references(services: ServicesDep) -> tuple[ReferenceFacts, ...]:
    """The references there are, each with its size and date."""
    return services.references.facts()


@router.get("/references/{key}/table")
def show_reference(key: str, services: ServicesDep) -> dict[str, list[str]]:
    """A reference's values by column."""
    found = found_reference(services.references, key)
    return {name: list(values) for name, values in found.table.items()}


@router.post("/references", status_code=201)
def add_reference(services: ServicesDep, new: NewReference) -> AddedReference:
    """Keep a table as the next version of a name."""
    if (new.columns is None) == (new.workload is None):
        raise InvalidInputError(
            "a reference is of a table or of a workload's calls", action="give one of both"
        )
    table: Table = new.columns or {}
    source = new.source
    if new.workload is not None:
        asked = AskedTime(since=new.since, until=new.until)
        during = asked.during(services, default_since="-7d")
        texts = CallTexts(services.content)
        told = calls_table(
            services.telemetry, texts, workload=new.workload, since=during.since, until=during.until
        )
        table = worth_keeping(told)
        source = (
            source
            or f"calls of {new.workload}, {during.since:%Y-%m-%d %H:%M} to {during.until:%Y-%m-%d %H:%M}"
        )
    lengths = {len(values) for values in table.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise InvalidInputError("a reference needs rows, and columns of one length", action="give it some")
    if sum(map(len, table.values())) > MOST_VALUES:
        raise InvalidInputError(
            f"a reference holds {MOST_VALUES:,} values at most", action="keep a sample of the rows"
        )
    facts = services.references.add(
        name=new.name, workload=new.workload, source=source, table=table, made_at=services.clock.now()
    )
    missing = new.workload is not None and words_missing(table)
    return AddedReference(
        **{field.name: getattr(facts, field.name) for field in fields(facts)},
        without_words=NO_WORDS if missing else None,
    )


@router.get("/calls")
def compare_calls(services: ServicesDep, asked: Annotated[AskedReference, Query()]) -> ReferenceDriftBody:
    """Whether calls are still as a reference is; of the last 60 minutes if nothing else is asked (HE-72)."""
    reference = found_reference(services.references, asked.reference)
    workload = asked.workload or reference.facts.workload
    if workload is None:
        raise InvalidInputError(
            f"reference {reference.facts.key} is of no workload",
            action="say whose calls are compared (`workload`, `--workload`)",
        )
    during = asked.during(services, default_since="-60m")
    columns = calls_drift(
        reference,
        services.telemetry,
        CallTexts(services.content),
        workload=workload,
        since=during.since,
        until=during.until,
        columns=asked.column,
    )
    return ReferenceDriftBody(
        reference=reference.facts,
        workload=workload,
        since=during.since,
        until=during.until,
        drifted=any(one.drifted for one in columns),
        columns=columns,
    )


@router.get("/models")
def compare_models(services: ServicesDep, asked: Annotated[AskedModels, Query()]) -> tuple[ModelBody, ...]:
    """Whether each model that was called of late answers as it did before (same name, other behaviour)."""
    during = ModelSpan(
        until=services.clock.now(),
        current=timedelta(seconds=asked.current_s),
        reference=timedelta(seconds=asked.reference_s),
    )
    return tuple(
        ModelBody(
            workload=workload,
            model=model,
            since=during.until - during.current,
            verdict=read_model_change(
                services.telemetry,
                CallTexts(services.content),
                workload=workload,
                model=model,
                during=during,
            ),
        )
        for workload, model in compared_models(services.telemetry, workload=asked.workload, during=during)
        if asked.model in {None, model}
    )
