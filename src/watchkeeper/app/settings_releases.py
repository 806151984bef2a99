"""Settings of releases: what a canary has to prove, and on which shares of traffic."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.gateway.orders.traffic_watch import Triggers
from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.gate import Tolerances
from watchkeeper.releases.promotion import STAGES, Stage

_DEFAULT = Tolerances()
_TRIGGERS = Triggers()


class GateSettings(Section):
    """How much worse a candidate may not be; null leaves a measure out."""

    quality: float | None = Field(
        default=_DEFAULT.quality, gt=0, le=1, description="Lower by so much of the score, 0 to 1, does harm."
    )
    errors: float | None = Field(
        default=_DEFAULT.errors, gt=0, le=1, description="More failed calls, as a share of all, do harm."
    )
    latency: float | None = Field(
        default=_DEFAULT.latency, gt=0, description="Relative: 0.2 is a fifth slower."
    )
    cost: float | None = Field(default=_DEFAULT.cost, gt=0, description="Relative: 0.2 is a fifth dearer.")
    most_calls: int = Field(
        default=_DEFAULT.most_calls, ge=100, description="What is not proved by so many calls is not proved."
    )
    enough_calls: int = Field(
        default=_DEFAULT.enough_calls, ge=30, description="Calls of a candidate before it is judged."
    )
    alpha: float = Field(
        default=_DEFAULT.alpha, gt=0, lt=0.5, description="How often a measure may be judged wrongly."
    )
    counts: Literal["calls", "subjects"] = Field(
        default="calls",
        description="What the gate counts as one: each call, or all calls of a subject (else item, trace),"
        " for which the numbers of calls here and in `stages` are then meant.",
    )
    evaluation: str = Field(
        default="quality", min_length=1, description="The evaluation whose values, 0 to 1, are the quality."
    )

    required_checks: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        default=(),
        description="Checks that must have passed before traffic, besides the canaries, such as `replay`.",
    )

    @model_validator(mode="after")
    def _compares_something(self) -> Self:
        if not any((self.quality, self.errors, self.latency, self.cost)):
            raise refused("nothing is compared", "give `quality`, `errors`, `latency` or `cost` a number")
        return self

    def tolerances(self) -> Tolerances:
        """As the gate takes them."""
        return Tolerances(**self.model_dump(exclude={"evaluation", "required_checks", "counts"}))


class ExperimentSettings(Section):
    """How sure an experiment has to be; each keeps what stood here when it was started."""

    alpha: float = Field(
        default=0.05,
        gt=0,
        lt=0.5,
        description="How often a winner may be told that is none, over all looks and arms of an experiment.",
    )
    planned_subjects: int = Field(
        default=1000,
        ge=10,
        description="Subjects an arm at which bounds are tightest; they hold at any number.",
    )
    enough_subjects: int = Field(default=50, ge=30, description="Subjects an arm before anything is told.")


class StageSettings(Section):
    """One share of traffic on a canary's way."""

    percent: float = Field(gt=0, lt=100, description="Of traffic.")
    least_calls: int = Field(default=50, ge=0, description="Calls of the candidate before it gets more.")
    proved: bool = Field(default=True, description="Whether the gate has to pass before it gets more.")


class TrafficSettings(Section):
    """When traffic that was moved between a route's targets goes back by itself."""

    watched: bool = Field(default=True, description="Whether it does; an operator can take it back always.")
    errors: float = Field(
        default=_TRIGGERS.errors, gt=0, le=1, description="More failed calls, as a share, send it back."
    )
    guards: float = Field(
        default=_TRIGGERS.guards, gt=0, le=1, description="More answers rejected by output guards or schema."
    )
    p95_ms: float = Field(default=_TRIGGERS.p95_ms, gt=0, description="A slower 95th percentile.")
    least_calls: int = Field(
        default=_TRIGGERS.least_calls, ge=1, description="Calls of a target before it is judged."
    )
    window_s: float = Field(default=300.0, gt=0, description="Seconds up to now that are looked at.")

    def triggers(self) -> Triggers:
        """As the watch takes them."""
        return Triggers(**self.model_dump(exclude={"watched", "window_s"}))


class ReleaseSettings(Section):
    """Releases."""

    every_s: float = Field(default=60.0, ge=0.1, description="Seconds between two looks at a canary.")
    traffic: TrafficSettings = Field(
        default=TrafficSettings(), description="When moved traffic goes back by itself."
    )
    gate: GateSettings = Field(default=GateSettings(), description="What a canary has to prove.")
    experiments: ExperimentSettings = Field(
        default=ExperimentSettings(), description="How sure an experiment has to be."
    )
    stages: tuple[StageSettings, ...] = Field(
        default=(),
        description="The shares a canary gets one after the other, before all traffic; none: 1, 10 and 50 %.",
    )

    @model_validator(mode="after")
    def _shares_grow(self) -> "ReleaseSettings":
        shares = [one.percent for one in self.stages]
        if shares != sorted(set(shares)):
            raise refused(f"the stages' shares do not grow: {shares}", "put them in growing order, each once")
        if self.stages and not any(one.proved for one in self.stages):
            raise refused(
                "no stage has to be proved", "set `proved: true` for one: nothing goes live unproved"
            )
        return self

    def as_stages(self) -> tuple[Stage, ...]:
        """As the watch takes them."""
        if not self.stages:
            return STAGES
        return tuple(
            Stage(
                share=max(1, round(one.percent * BUCKETS / 100)),
                least_calls=one.least_calls,
                proved=one.proved,
            )
            for one in self.stages
        )
