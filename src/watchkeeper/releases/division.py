"""Who gets which release of a workload: decided by a caller that asks often as its server decides it."""

from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.releases.assignment import is_chosen
from watchkeeper.releases.experiments.allocation import Split


@dataclass(frozen=True, slots=True)
class Arms:
    """A running experiment, and the release of each of its arms."""

    split: Split
    releases: Mapping[str, str]
    """Ids, by the arm's name."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a subject's calls work with."""

    release_id: str
    experiment: str | None = None
    arm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """The releases of a workload that have traffic, and how it is divided."""

    live: str
    canary: str | None = None
    share: int = 0
    """The canary's, in ten-thousandths."""
    experiments: tuple[Arms, ...] = ()
    """The first started first: it takes its subjects before the others."""

    def of(self, subject: str) -> Chosen:
        """A subject's release: the same, as long as shares do not shrink and experiments run."""
        for one in self.experiments:
            arm = one.split.arm_of(subject)
            if arm is not None:
                return Chosen(one.releases[arm], one.split.experiment, arm)
        canary = self.canary
        if canary is not None and is_chosen(canary, subject, self.share):
            return Chosen(canary)
        return Chosen(self.live)

    def releases(self) -> frozenset[str]:
        """Every release that somebody may get."""
        of_arms = [release for one in self.experiments for release in one.releases.values()]
        return frozenset(one for one in (self.live, self.canary, *of_arms) if one is not None)
