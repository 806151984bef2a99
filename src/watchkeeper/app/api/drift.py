"""`/drift`: whether models answer as they did."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.monitoring.model_readings import ModelSpan, compared_models, read_model_change
from watchkeeper.monitoring.drift.model_behaviour import ModelVerdict

router = APIRouter(prefix="/drift", tags=["drift"])

_DAY_S = 86_400.0


class AskedModels(BaseModel):
    """Which models, and which times."""

    model_config = ConfigDict(extra="forbid")

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
            verdict=read_model_change(services.telemetry, workload, model, during),
        )
        for workload, model in compared_models(services.telemetry, workload=asked.workload, during=during)
        if asked.model in {None, model}
    )
