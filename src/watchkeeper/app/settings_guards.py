"""Settings of the guards: rules over the words of requests and answers, for routes to name."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.app.settings_targets import TARGET_NAME
from watchkeeper.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.gateway.guards import Guard, GuardKind


class GuardSettings(Section):
    """One guard."""

    kind: str = Field(description="The rule: `length`, `forbidden_patterns` or `json_schema`.")
    options: Annotated[Mapping[str, Any], PlainSerializer(dict, return_type=dict[str, Any])] = Field(
        default_factory=lambda: MappingProxyType({}),
        validate_default=True,
        description="`length`: `most_chars`, `least_chars`; `forbidden_patterns`: `patterns`, "
        "`ignore_case`; `json_schema`: `schema`.",
    )

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        known = _kinds()
        if kind not in known:
            raise refused("no kind of guard has that name", f"use one of: {', '.join(known)}")
        return kind

    @field_validator("options")
    @classmethod
    def _make_a_rule(cls, options: Mapping[str, Any], info: ValidationInfo) -> Mapping[str, Any]:
        kind = info.data.get("kind")
        if kind is not None:
            try:
                guard_of(kind, options)
            except InvalidInputError as wrong:
                raise refused(wrong.message, wrong.action) from None
        return MappingProxyType(dict(options))


def guard_of(kind: str, options: Mapping[str, Any]) -> "Guard":
    """The guard that a kind's options make.

    Raises:
        InvalidInputError: They make none; the message says which option is wrong.
    """
    guard = _kinds()[kind].guard
    known = [each.name for each in fields(guard) if each.init]  # type: ignore[arg-type] # guards are dataclasses
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InvalidInputError(f"{unknown[0]!r} is no option of `{kind}`", action=f"use: {', '.join(known)}")
    try:
        made: Guard = TypeAdapter(guard).validate_python(dict(options))
    except ValidationError as failure:
        first = failure.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInputError(
            f"option `{place}` of `{kind}`: {first['msg']}", action=f"its options: {', '.join(known)}"
        ) from None
    return made


def check_sides(route: str, input_guards: Sequence[str], guards: Mapping[str, GuardSettings]) -> None:
    """See that a route's input guards are of kinds that can look at a request.

    Raises:
        PydanticCustomError: One cannot.
    """
    for name in input_guards:
        kind = guards[name].kind if name in guards else None
        if kind is not None and "input" not in _kinds()[kind].sides:
            raise refused(
                f"route {route!r} has {name!r} in `input_guards`, and `{kind}` looks at answers only",
                f"move it to `routes.{route}.output_guards`",
            )


def _kinds() -> "Mapping[str, GuardKind]":
    # Imported here: most settings have no guard, and the schema library takes 50 ms to load.
    from watchkeeper.gateway.guards import KINDS

    return KINDS


def _guard_names(guards: Mapping[str, GuardSettings]) -> Mapping[str, GuardSettings]:
    for name in guards:
        if not TARGET_NAME.match(name):
            raise refused(
                f"{name!r} cannot be a guard's name", "use lower-case letters, digits, `-`, `_` and `.`"
            )
    return MappingProxyType(dict(guards))


Guards = Annotated[
    Mapping[str, GuardSettings],
    AfterValidator(_guard_names),
    PlainSerializer(dict, return_type=dict[str, GuardSettings]),
]
