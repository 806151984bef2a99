"""Settings of the routes: which targets a model name leads to, and how hard tasks are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)

from watchkeeper.app.settings_references import GuardName, NameReference, RouteTargetName
from watchkeeper.app.settings_section import Section, refused
from watchkeeper.app.settings_targets import TARGET_NAME
from watchkeeper.gateway.complexity import TASKS, Complexity, task_name
from watchkeeper.gateway.routes import BASELINE_TIER, RESERVED_OUTPUT_TOKENS

Level = Literal["simple", "moderate", "complex", "expert"]


class RouteTargetSettings(Section):
    """One target in a route; a name alone stands for `{target: NAME}`."""

    target: RouteTargetName = Field(
        description="A target's name, or `baseline`: the engine that does the job without a model."
    )
    weight: int | None = Field(
        default=None,
        ge=0,
        description="Its share of the traffic among the weighted targets beside it; 0 gets none.",
    )


def _with_name(given: object) -> object:
    return {"target": given} if isinstance(given, str) else given


def _plain_levels(levels: Mapping[Level, str]) -> Mapping[Level, str]:
    return MappingProxyType(dict(levels))


ByComplexity = Annotated[
    Mapping[Level, RouteTargetName],
    AfterValidator(_plain_levels),
    PlainSerializer(dict, return_type=dict[str, str]),
]
ROUTE_TARGET = NameReference("targets", also=(BASELINE_TIER,))
# The mark is for a name that stands alone in the list; in a mapping `target` has its own.
RouteTargets = tuple[Annotated[RouteTargetSettings, BeforeValidator(_with_name), ROUTE_TARGET], ...]


class RouteSettings(Section):
    """One route: a name for `model`, and the targets behind it."""

    targets: RouteTargets = Field(
        min_length=1,
        description="Targets in the order they are tried, each a name or `{target: NAME, weight: N}`.",
    )
    by_complexity: ByComplexity = Field(
        default_factory=lambda: MappingProxyType({}),
        description="The target tried first for `simple`, `moderate`, `complex` and `expert` tasks.",
    )
    force: RouteTargetName | None = Field(
        default=None, description="The one target of the route that may answer. Null: all may."
    )
    timeout_s: float = Field(
        default=60.0, gt=0, le=3600, description="Seconds a call may take, attempts and waits included."
    )
    cache_ttl_s: float = Field(
        default=0.0, ge=0, description="Seconds an answer is given again to an equal request; 0: never."
    )
    retries: int = Field(default=1, ge=0, le=10, description="Times a target is asked again after a failure.")
    retry_wait_s: float = Field(
        default=0.25,
        gt=0,
        le=60,
        description="Seconds before the first of those; doubled for each further one.",
    )
    on_hang_up: Literal["finish", "cancel"] = Field(
        default="finish",
        description="When the client goes away: `finish` reads the answer so that its cost is known, "
        "`cancel` stops.",
    )
    reserve_output_tokens: int = Field(
        default=RESERVED_OUTPUT_TOKENS,
        ge=1,
        description="Tokens of output that are reserved where the call sets no bound.",
    )
    input_guards: tuple[GuardName, ...] = Field(
        default=(), description="Guards a request must pass, in order; names from `guards`."
    )
    output_guards: tuple[GuardName, ...] = Field(
        default=(), description="Guards an answer must pass, in order; names from `guards`."
    )

    @field_validator("targets")
    @classmethod
    def _somebody_gets_traffic(cls, targets: RouteTargets) -> RouteTargets:
        if all(target.weight == 0 for target in targets):
            raise refused("every target has weight 0, so none would be tried", "give one a weight above 0")
        return targets

    @field_validator("force")
    @classmethod
    def _forced_is_of_the_route(cls, force: str | None, info: ValidationInfo) -> str | None:
        listed = [*info.data.get("targets", ())]
        names = [target.target for target in listed] + list(info.data.get("by_complexity", {}).values())
        if force is not None and listed and force not in names:
            raise refused(
                "it is not a target of this route", f"use one of: {', '.join(dict.fromkeys(names))}"
            )
        return force


def _route_names(routes: Mapping[str, RouteSettings]) -> Mapping[str, RouteSettings]:
    for name in routes:
        if not TARGET_NAME.match(name) or name == BASELINE_TIER:
            raise refused(
                f"{name!r} cannot be a route's name",
                "use lower-case letters, digits, `-`, `_` and `.`, and not `baseline`",
            )
    return MappingProxyType(dict(routes))


Routes = Annotated[
    Mapping[str, RouteSettings],
    AfterValidator(_route_names),
    PlainSerializer(dict, return_type=dict[str, RouteSettings]),
]


def _over_the_known(tasks: Mapping[str, Level]) -> Mapping[str, Level]:
    """What is written, over the tasks that are known without it."""
    known: dict[str, Level] = {name: level.value for name, level in TASKS.items()}
    return MappingProxyType({**known, **{task_name(name): level for name, level in tasks.items()}})


Tasks = Annotated[
    Mapping[str, Level],
    AfterValidator(_over_the_known),
    PlainSerializer(dict, return_type=dict[str, str]),
]


class ComplexitySettings(Section):
    """How hard tasks are, for routes with `by_complexity`."""

    routing: bool = Field(
        default=True,
        description="Whether the complexity of tasks chooses targets; false: routes go in order.",
    )
    tasks: Tasks = Field(
        default_factory=lambda: _over_the_known({}),
        description="The complexity of each task; what is written goes over the seventeen that are known.",
    )
    unknown: Level = Field(
        default=Complexity.COMPLEX.value,
        description="The complexity of a task that is not listed, and of a call that names none.",
    )
    raise_above_tokens: int = Field(
        default=50_000, ge=0, description="An input of more tokens than this counts as one level harder."
    )
    economy: bool = Field(
        default=False,
        description="Saves money: `medium` counts as simple and `expanded` as moderate; "
        "`hook` stays simple, `fact_check` complex.",
    )
