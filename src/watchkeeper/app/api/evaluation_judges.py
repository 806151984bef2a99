"""`/evaluation/judges`: how judges do on answers whose truth is known, as it was measured."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.evaluation.judge_quality import MOST_ERRED, JudgeQuality
from watchkeeper.evaluation.judge_record import JudgeRecord
from watchkeeper.statistics.judged_share import Confusion

router = APIRouter(prefix="/evaluation/judges", tags=["evaluation"])
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, lt=2**31)]


class ConfusionBody(RequestModel):
    """Verdicts on answers whose truth is known."""

    right_passed: Count
    right_failed: Count
    wrong_passed: Count
    wrong_failed: Count


class JudgeBody(RequestModel):
    """One judge, as `wk eval judge --json` tells of it."""

    judge: str = Field(min_length=1, max_length=200)
    version: str = Field(min_length=1, max_length=200)
    confusion: ConfusionBody
    undecided: Count
    unsteady: Share | None
    disagrees: dict[str, Share]
    erred: tuple[str, ...] = Field(default=(), max_length=MOST_ERRED)


class MeasurementBody(RequestModel):
    """The judges of a suite, measured together."""

    workload: str = Field(default="evaluation", min_length=1, max_length=200)
    suite: str = Field(min_length=1, max_length=200)
    dataset: str = Field(min_length=1, max_length=1_000)
    dataset_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    repeats: int = Field(ge=1)
    measured_at: AwareDatetime
    judges: list[JudgeBody] = Field(min_length=1, max_length=100)
    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who keeps it; needed where no key of ours tells it."""


class MeasurementsKept(BaseModel):
    """How many judges of a request were new."""

    kept: int


@router.post("", status_code=201)
def keep_measurement(services: ServicesDep, body: MeasurementBody, request: Request) -> MeasurementsKept:
    """Keep what was measured; the scores of the suite's runs are corrected by it from now on."""
    giver = giver_of(request, body.by)
    records = [
        JudgeRecord(**body.model_dump(exclude={"judges", "by"}), quality=_quality(one), kept_by=giver.name)
        for one in body.judges
    ]
    return MeasurementsKept(kept=services.evaluations.store.measured(records))


@router.get("")
def list_judges(
    *,
    services: ServicesDep,
    workload: str | None = None,
    suite: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
) -> tuple[JudgeRecord, ...]:
    """What was measured of judges, the newest first."""
    return services.evaluations.store.judges(workload=workload, suite=suite, limit=limit)


def _quality(body: JudgeBody) -> JudgeQuality:
    confusion = Confusion(**body.confusion.model_dump())
    return JudgeQuality.of(confusion, **body.model_dump(exclude={"confusion"}))
