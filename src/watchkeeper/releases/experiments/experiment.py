"""An experiment: what is compared, on whom, by which measure; how it ended. Nothing of it ever changes."""

import re
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.releases.experiments.allocation import Split
from watchkeeper.releases.gate import Measure

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
MOST_ARMS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One of the things compared."""

    name: str
    release_id: str
    share: int
    """Of those that take part, in ten-thousandths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """How an experiment ended."""

    by: str
    reason: str
    at: datetime
    told: str | None
    """How it stood then, in a sentence; None where nobody looked."""
    winner: str | None
    """The arm that was shown to be best by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One experiment; `stop` is None while it runs."""

    name: str
    """Of all there ever were: it salts who gets what, and receipts tell it."""
    workload: str
    arms: tuple[Arm, ...]
    control: str
    """The arm that the others are held against."""
    metric: Measure
    """What decides."""
    evaluation: str
    """The evaluation whose values are the quality."""
    share: int
    """Of the workload's subjects that take part, in ten-thousandths."""
    least: float | None
    """A difference too small to matter, of the score or relative; None: any difference matters."""
    alpha: float
    """How often a winner may be told that is none, over all looks and all arms together."""
    planned: int
    """Subjects an arm at which the bounds are tightest; they hold at any number."""
    enough: int
    """Subjects an arm before anything is told."""
    started_by: str
    started_at: datetime
    reason: str
    ends_at: datetime | None
    """When it stops by itself."""
    stop: Stop | None = None

    @property
    def split(self) -> Split:
        """Who gets what."""
        return Split(
            experiment=self.name, share=self.share, arms=tuple((one.name, one.share) for one in self.arms)
        )

    def arm(self, name: str) -> Arm:
        """The arm of a name that it has."""
        return next(one for one in self.arms if one.name == name)


def check(experiment: Experiment) -> None:
    """Refuse an experiment that cannot be told from others, or compares nothing.

    Raises:
        InvalidInputError: It says what, with the value.
    """
    names = [arm.name for arm in experiment.arms]
    strange = [one for one in (experiment.name, *names) if not _NAME.fullmatch(one)]
    if strange:
        raise InvalidInputError(
            f"{strange[0][:80]!r} is no name for an experiment or an arm",
            action="give at most 63 lower-case letters, digits and hyphens, such as `warm-tone`",
        )
    if not 2 <= len(names) <= MOST_ARMS or len(set(names)) < len(names):
        raise InvalidInputError(
            f"these are no two to {MOST_ARMS} arms of different names: {', '.join(names) or 'none'}",
            action="name each with its release, such as `--arm plain=live --arm warm=RELEASE`",
        )
    releases = [arm.release_id for arm in experiment.arms]
    twice = next((one for one in releases if releases.count(one) > 1), None)
    if twice is not None:
        raise InvalidInputError(
            f"two arms are the same release {twice}", action="let each arm be another release"
        )
    if experiment.control not in names:
        raise InvalidInputError(
            f"there is no arm {experiment.control[:80]!r} to be the control",
            action=f"name one of: {', '.join(names)}",
        )
    if experiment.ends_at is not None and experiment.ends_at <= experiment.started_at:
        raise InvalidInputError(
            f"it would end before it begins: {experiment.ends_at.isoformat()}", action="give a later end"
        )
