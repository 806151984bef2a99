"""One criterion as it stands."""

from dataclasses import dataclass
from typing import Literal

State = Literal["green", "watch", "red", "no data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One row of the requirements, computed."""

    row: str
    """`GF-55` to `GF-68`."""
    name: str
    state: State
    """For "intervene" rows red says: step in."""
    value: float | None
    """None is no data."""
    unit: str
    why: str
    """The state in a sentence, with the days or documents it goes by."""
    series: tuple[tuple[str, float], ...] = ()
    """A figure a day (`2026-01-05`), where the row asks for a series."""


def no_data(row: str, name: str, *, unit: str, why: str) -> Criterion:
    """A criterion of which nothing is known."""
    return Criterion(row=row, name=name, state="no data", value=None, unit=unit, why=why)


def judged(
    row: str,
    name: str,
    *,
    value: float,
    unit: str,
    why: str,
    state: State,
    series: dict[str, float] | None = None,
) -> Criterion:
    """A criterion that could be computed."""
    told = tuple(sorted((series or {}).items()))
    return Criterion(row=row, name=name, state=state, value=value, unit=unit, why=why, series=told)
