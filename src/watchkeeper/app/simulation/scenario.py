"""A scenario: traffic, faults in it, and what watches."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from watchkeeper.app.settings_rules import RuleSettings
from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.files.invalid_document import wrong_places

DAY_S = 86_400
MOST_CALLS = 2_000_000
FaultKind = Literal["errors", "slow", "stall", "silence", "dear", "drift", "swap", "dead"]
_SIZED: dict[FaultKind, float] = {"errors": 0.5, "slow": 5.0, "dear": 10.0, "drift": 5.0, "swap": 0.3}
"""What a fault's size is where the scenario gives none: a share of errors, else a factor."""


class Traffic(Section):
    """A stream of calls that are all well."""

    workload: str = Field(min_length=1, description="Whose calls they are.")
    calls_per_minute: float = Field(gt=0, le=60_000, description="On average over a day.")
    daily_swing: float = Field(
        default=0.0, ge=0, lt=1, description="By which share noon is above the average, and midnight below."
    )
    latency_ms: float = Field(default=800.0, gt=0, description="The median.")
    latency_scatter: float = Field(default=0.3, ge=0, le=3, description="Of its logarithm.")
    error_rate: float = Field(default=0.0, ge=0, le=1, description="Share of calls that fail all the same.")
    cost_usd: float = Field(default=0.002, ge=0, description="Of a call, on average.")
    input_tokens: int = Field(default=400, ge=0)
    output_tokens: int = Field(default=200, ge=0)
    operation: str = Field(default="chat", min_length=1)
    provider: str = Field(default="openai", min_length=1)
    model: str = Field(default="model-1", min_length=1)
    route: str | None = None
    agent: str | None = None
    component: str | None = Field(default=None, description="The part of the application the calls are of.")


class Fault(Section):
    """Something that goes wrong for a while.

    `errors`: a share `size` of calls fails. `slow`: `size` times the latency. `stall`: every call waits 60 s
    and fails. `silence`: no calls at all. `dear`: `size` times the cost. `drift`: latency grows evenly to
    `size` times. `swap`: another model behind the same name; answers are `size` times as long. `dead`: every
    call fails at once.
    """

    name: str = Field(min_length=1, max_length=100, description="What it is called in the report.")
    kind: FaultKind
    workload: str = Field(min_length=1)
    from_s: float = Field(ge=0, description="Seconds from the start.")
    for_s: float = Field(gt=0, description="Seconds it lasts.")
    size: float | None = Field(default=None, gt=0, description="How bad; a kind has a usual one.")
    component: str | None = Field(default=None, description="Only this component's calls.")
    route: str | None = Field(default=None, description="Only this route's.")
    model: str | None = Field(default=None, description="Only this model's.")

    @property
    def measure(self) -> float:
        """How bad it is."""
        return _SIZED.get(self.kind, 1.0) if self.size is None else self.size

    def hits(self, traffic: Traffic) -> bool:
        """Whether it concerns a stream."""
        pairs = (
            (self.component, traffic.component),
            (self.route, traffic.route),
            (self.model, traffic.model),
        )
        return self.workload == traffic.workload and all(want in {None, have} for want, have in pairs)


class Scenario(Section):
    """What `wk simulate` takes."""

    name: str = Field(min_length=1, max_length=100)
    start: AwareDatetime = Field(default=datetime(2026, 3, 2, tzinfo=UTC), description="With an offset.")
    length_s: float = Field(default=DAY_S, gt=0, le=31 * DAY_S)
    every_s: float = Field(default=60.0, ge=1, description="Seconds between two looks of the monitor.")
    seed: int = Field(default=0, ge=0, description="Equal seeds make equal days.")
    traffic: tuple[Traffic, ...] = Field(min_length=1)
    faults: tuple[Fault, ...] = ()
    rules: tuple[RuleSettings, ...] = Field(
        default=(), description="Rules beside those of the settings, in the same words."
    )

    @model_validator(mode="after")
    def _fits(self) -> "Scenario":
        calls = sum(one.calls_per_minute for one in self.traffic) * self.length_s / 60
        if calls > MOST_CALLS:
            raise refused(
                f"the scenario makes {calls:.0f} calls",
                f"make at most {MOST_CALLS}: less traffic, or shorter",
            )
        names = [one.name for one in self.faults]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise refused(f"two faults are named {twice!r}", "give each a name of its own")
        keys = [f"{one.workload}/{one.name}" for one in self.rules]
        again = next((key for key in keys if keys.count(key) > 1), None)
        if again is not None:
            raise refused(
                f"two rules are named {again!r}", "give each a name of its own: only one would count"
            )
        for fault in self.faults:
            if not any(fault.hits(traffic) for traffic in self.traffic):
                raise refused(
                    f"the fault {fault.name!r} concerns no traffic", "name a workload that has some"
                )
            if fault.from_s >= self.length_s:
                raise refused(f"the fault {fault.name!r} begins after the end", "begin it earlier")
            if fault.kind == "errors" and fault.measure > 1:
                raise refused(f"the fault {fault.name!r} fails more than all calls", "give a share up to 1")
        return self


def read_scenario(data: object, *, name: str) -> Scenario:
    """The scenario of a YAML document.

    Raises:
        InvalidInputError: It is none; every problem is named.
    """
    try:
        return Scenario.model_validate(data)
    except ValidationError as problems:
        told = wrong_places(problems, whole="scenario")
        raise InvalidInputError(
            f"{name} is no scenario: {told}", action="see docs/simulation.md for what a scenario holds"
        ) from None
