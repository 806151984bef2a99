"""Who takes part in an experiment, and in which arm: by hash, so that nobody has to remember it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.releases.assignment import BUCKETS, bucket_of

_SUM_SLACK = Fraction(1, 2)
"""Per cent: 33.3, 33.3 and 33.4 are all of it, and so are 33, 33 and 34."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How an experiment divides subjects.

    Its name salts both draws, so where a subject stands in one experiment tells nothing of where it stands in
    another, nor whether a canary gets it.
    """

    experiment: str
    share: int
    """Of subjects that take part, in ten-thousandths."""
    arms: tuple[tuple[str, int], ...]
    """Names, and how many of each ten thousand that take part; together all of them."""

    def arm_of(self, subject: str) -> str | None:
        """The arm of a subject; None where it takes no part. The same one for as long as the split stands.

        >>> halves = Split(experiment="tone", share=10_000, arms=(("plain", 5_000), ("warm", 5_000)))
        >>> {halves.arm_of(name) for name in ("ada", "bo", "cy", "dee")} == {"plain", "warm"}
        True
        """
        if bucket_of(f"takes part in {self.experiment}", subject) >= self.share:
            return None
        bucket, before = bucket_of(f"arm of {self.experiment}", subject), 0
        for name, share in self.arms:
            before += share
            if bucket < before:
                return name
        raise AssertionError(f"the arms of {self.experiment} are not all of it: {before}")


def shares_of(percents: Sequence[float | None]) -> tuple[int, ...]:
    """Percentages as ten-thousandths that add up to all; None everywhere divides evenly.

    Raises:
        InvalidInputError: Some are given and some are not, one is too small, or they are not 100 together.

    >>> shares_of([33.3, 33.3, 33.4]), shares_of([None, None, None])
    ((3330, 3330, 3340), (3334, 3333, 3333))
    """
    given = [one for one in percents if one is not None]
    if given and len(given) < len(percents):
        raise InvalidInputError("some arms have a share and some have none", action="give all of them one")
    parts = [Fraction(str(one)) for one in given] or [Fraction(100, len(percents))] * len(percents)
    if abs(sum(parts, Fraction(0)) - 100) > _SUM_SLACK or min(parts) < Fraction(100, BUCKETS):
        told = ", ".join(f"{float(one):g}" for one in parts)
        raise InvalidInputError(
            f"the arms' shares are no division of all: {told} %",
            action="give percentages of at least 0.01 that are 100 together",
        )
    exact = [part * BUCKETS / sum(parts, Fraction(0)) for part in parts]
    whole = [int(one) for one in exact]
    by_rest = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in by_rest[: BUCKETS - sum(whole)]:
        whole[at] += 1
    return tuple(whole)
