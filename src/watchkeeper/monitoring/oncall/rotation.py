"""Who is on call: people who take turns by the week or the day, and overrides (FA-64, X17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from watchkeeper.domain.errors import InvalidInputError

Role = Literal["primary", "secondary"]
Turns = Literal["week", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Two people swap by the parity of the ISO week: the first is primary in odd weeks.

    More than two, or turns by the day, follow one another; seven people by the day are one a weekday,
    from Monday on. A turn begins at `handover` by the clocks of `zone`: a day of 23 or 25 hours is a turn.
    """

    people: tuple[str, ...]
    zone: ZoneInfo
    turns: Turns = "week"
    handover: time = time(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Somebody stands in; of several at once the one made last holds. It is kept for ever."""

    override_id: str
    role: Role
    person: str
    begins_at: datetime
    until: datetime
    by: str
    reason: str
    created_at: datetime

    def __post_init__(self) -> None:
        if self.until <= self.begins_at:
            raise InvalidInputError(
                f"an override until {self.until.isoformat()} ends before it begins",
                action="name a time after its beginning",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Who answers, from when until when if nothing is overridden in between."""

    primary: str
    secondary: str | None
    begins_at: datetime
    ends_at: datetime
    overridden: tuple[Role, ...] = ()

    def person(self, role: Role) -> str | None:
        """Who has a role."""
        return self.primary if role == "primary" else self.secondary


def duty_at(rotation: Rotation, instant: datetime, overrides: Sequence[Override] = ()) -> Duty:
    """Who is on call at an instant."""
    day = instant.astimezone(rotation.zone).date()
    # By instants and not by wall times: a handover in an hour that is skipped or comes twice is one.
    if instant < _start(rotation, day):
        day -= timedelta(days=1)
    first = day - timedelta(days=day.weekday()) if rotation.turns == "week" else day
    step = timedelta(days=7 if rotation.turns == "week" else 1)
    place = _place(rotation, first)
    people = rotation.people
    begins_at, ends_at = _start(rotation, first), _start(rotation, first + step)
    named: dict[Role, str | None] = {
        "primary": people[place],
        "secondary": people[(place + 1) % len(people)] if len(people) > 1 else None,
    }
    overridden: list[Role] = []
    for override in sorted(overrides, key=lambda one: (one.created_at, one.override_id)):
        if override.begins_at <= instant < override.until:
            named[override.role] = override.person
            overridden.append(override.role)
    return Duty(
        primary=named["primary"] or "",
        secondary=named["secondary"],
        begins_at=begins_at,
        ends_at=ends_at,
        overridden=tuple(dict.fromkeys(overridden)),
    )


def next_duty(rotation: Rotation, instant: datetime, overrides: Sequence[Override] = ()) -> Duty:
    """Who is on call after the turn that holds at an instant."""
    return duty_at(rotation, duty_at(rotation, instant).ends_at, overrides)


def _place(rotation: Rotation, first: date) -> int:
    count = len(rotation.people)
    if rotation.turns == "week":
        if count == 2:
            return 0 if first.isocalendar().week % 2 else 1
        return ((first.toordinal() - 1) // 7) % count
    return (first.toordinal() - 1) % count


def _start(rotation: Rotation, day: date) -> datetime:
    return datetime.combine(day, rotation.handover, tzinfo=rotation.zone).astimezone(UTC)
