"""`/experiments`: releases side by side on live traffic, until one is shown to be best."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.releases import Ordered, pins_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.releases import experiment_watch
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.experiments.desk import Plan, PlannedArm
from watchkeeper.releases.experiments.experiment import Arm, Experiment, Stop
from watchkeeper.releases.experiments.verdict import ExperimentVerdict
from watchkeeper.releases.gate import Measure
from watchkeeper.releases.release import Pins

router = APIRouter(prefix="/experiments", tags=["experiments"])
_LIVE = "live"


class ExperimentBody(BaseModel):
    """An experiment as it was started, and how it ended."""

    name: str
    workload: str
    running: bool
    arms: tuple[Arm, ...]
    """`share` of those that take part, in ten-thousandths."""
    control: str
    metric: Measure
    evaluation: str
    percent: float
    """Of the workload's subjects that take part."""
    share: int
    """The same, in ten-thousandths."""
    least: float | None
    alpha: float
    started_by: str
    started_at: datetime
    reason: str
    ends_at: datetime | None
    stop: Stop | None


class ExperimentStory(BaseModel):
    """An experiment and how it stands."""

    experiment: ExperimentBody
    verdict: ExperimentVerdict


class NewArm(RequestModel):
    """An arm: a release that is known, or the live one with some pins of its own."""

    name: str = Field(min_length=1, max_length=63)
    release_id: str | None = Field(default=None, min_length=1, max_length=300)
    """Null is the live release, or with `pins` one that is made of it; so is `live`."""
    pins: dict[str, dict[str, str]] | None = None
    percent: float | None = Field(default=None, gt=0, le=100)
    """Of those that take part; null in all arms divides evenly."""


class NewExperiment(Ordered):
    """An experiment to be started."""

    name: str = Field(min_length=1, max_length=63)
    workload: str = Field(min_length=1, max_length=200)
    arms: list[NewArm] = Field(max_length=10)
    control: str | None = None
    """Null is the first arm."""
    metric: Measure = "quality"
    evaluation: str | None = Field(default=None, min_length=1, max_length=200)
    """Null is the one that the release gate uses."""
    percent: float = Field(default=100, gt=0, le=100)
    least: float | None = Field(default=None, gt=0)
    planned: int | None = Field(default=None, ge=10)
    ends_at: AwareDatetime | None = None


@router.get("")
def list_experiments(
    *, services: ServicesDep, workload: str | None = None, running: bool = False
) -> tuple[ExperimentBody, ...]:
    """Experiments, the first started first; those that run alone where asked for."""
    return tuple(map(_body, services.experiments.store.of(workload, running=running)))


@router.post("")
def start_experiment(*, body: NewExperiment, services: ServicesDep, request: Request) -> ExperimentStory:
    """Start one; pins of an arm are laid over the live release's, and kept as a release of their own."""
    by = giver_of(request, body.by).name
    settings = services.settings.releases
    plan = Plan(
        name=body.name,
        workload=body.workload,
        arms=[_planned(services, body.workload, arm, by=by) for arm in body.arms],
        control=body.control,
        metric=body.metric,
        evaluation=body.evaluation or settings.gate.evaluation,
        share=max(1, round(body.percent * BUCKETS / 100)),
        least=body.least,
        alpha=settings.experiments.alpha,
        planned=body.planned or settings.experiments.planned_subjects,
        enough=settings.experiments.enough_subjects,
        ends_at=body.ends_at,
    )
    return _story(services, services.experiments.start(plan, by=by, reason=body.reason))


@router.get("/{name}")
def show_experiment(*, name: str, services: ServicesDep) -> ExperimentStory:
    """One, and how its arms do."""
    return _story(services, services.experiments.known(name))


@router.post("/{name}/stop")
def stop_experiment(*, name: str, body: Ordered, services: ServicesDep, request: Request) -> ExperimentStory:
    """End one; how it stood is kept with it, and its subjects get the live release again."""
    by = giver_of(request, body.by).name
    watch, experiment = experiment_watch(services), services.experiments.known(name)
    verdict = watch.look(experiment)
    stopped = watch.stop(experiment, verdict, by=by, reason=body.reason)
    return ExperimentStory(experiment=_body(stopped), verdict=verdict)


def _planned(services: Services, workload: str, arm: NewArm, *, by: str) -> PlannedArm:
    named = None if arm.release_id == _LIVE else arm.release_id
    if named is None:
        live = services.releases.standing(workload).live
        if live is None:
            raise InvalidInputError(
                f"{workload} has no live release for arm {arm.name}",
                action="promote one: `wk release promote`",
            )
        named = live.release_id
    if arm.pins:
        base = services.releases.known(named)
        pins = laid_over(base.pins, pins_of(arm.pins))
        note = f"arm {arm.name} of an experiment"
        named = services.releases.make(workload, pins, by=by, note=note).release_id
    return PlannedArm(name=arm.name, release_id=named, percent=arm.percent)


def laid_over(base: Pins, own: Pins) -> Pins:
    """The pins of one release with those of an arm in place of its own of the same names.

    >>> laid_over(Pins(targets={"a": "1", "b": "2"}), Pins(targets={"b": "3"})).as_texts()["targets"]
    {'a': '1', 'b': '3'}
    """
    below, above = base.as_texts(), own.as_texts()
    return Pins.of_texts({kind: {**below[kind], **above[kind]} for kind in below})


def _story(services: Services, experiment: Experiment) -> ExperimentStory:
    return ExperimentStory(experiment=_body(experiment), verdict=experiment_watch(services).look(experiment))


def _body(experiment: Experiment) -> ExperimentBody:
    return ExperimentBody(
        name=experiment.name,
        workload=experiment.workload,
        running=experiment.stop is None,
        arms=experiment.arms,
        control=experiment.control,
        metric=experiment.metric,
        evaluation=experiment.evaluation,
        percent=experiment.share * 100 / BUCKETS,
        share=experiment.share,
        least=experiment.least,
        alpha=experiment.alpha,
        started_by=experiment.started_by,
        started_at=experiment.started_at,
        reason=experiment.reason,
        ends_at=experiment.ends_at,
        stop=experiment.stop,
    )
