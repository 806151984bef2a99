"""The true share behind a judge who errs: corrected, with an interval that holds both doubts.

Source:
    W. J. Rogan, B. Gladen (1978), "Estimating Prevalence from the Results of a Screening Test", American
    Journal of Epidemiology 107, 71-76; the interval: Z. Lang, J. Reiczigel (2014), "Confidence Limits for
    Prevalence of Disease Adjusted for Estimated Sensitivity and Specificity", Preventive Veterinary
    Medicine 113, 13-22.
"""

from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054
"""Of 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """A judge's verdicts on answers whose truth is known."""

    right_passed: int
    right_failed: int
    wrong_passed: int
    wrong_failed: int

    @property
    def sensitivity(self) -> float | None:
        """The share of right answers the judge passes; None without any."""
        right = self.right_passed + self.right_failed
        return self.right_passed / right if right else None

    @property
    def specificity(self) -> float | None:
        """The share of wrong answers the judge fails; None without any."""
        wrong = self.wrong_passed + self.wrong_failed
        return self.wrong_failed / wrong if wrong else None


@dataclass(frozen=True, slots=True)
class CorrectedShare:
    """The share of right answers, from 0 to 1, freed of the judge's errors as far as they are known."""

    share: float
    low: float
    high: float


def corrected_share(passed: float, judged: int, judge: Confusion) -> CorrectedShare | None:
    """What a judge's passes say of the share of right answers; 95 % interval.

    Args:
        passed: Independent answers the judge passed; of an item with repeats, the share of them.
        judged: Those it judged.
        judge: How it does on answers whose truth is known.

    Returns:
        None where nothing can be said: nothing was judged, a kind of truth is missing, or the judge
        does no better than chance.

    >>> perfect = Confusion(right_passed=500, right_failed=0, wrong_passed=0, wrong_failed=500)
    >>> round(corrected_share(800, 1000, perfect).share, 2)
    0.8
    >>> chance = Confusion(right_passed=50, right_failed=50, wrong_passed=50, wrong_failed=50)
    >>> corrected_share(800, 1000, chance) is None
    True
    """
    if not judged or judge.sensitivity is None or judge.specificity is None:
        return None
    if judge.sensitivity + judge.specificity <= 1:
        return None
    right = judge.right_passed + judge.right_failed
    wrong = judge.wrong_passed + judge.wrong_failed
    # One answer of each kind more: a judge never seen to err is not taken for one that never does.
    seen = (judged * (passed / judged) + _Z * _Z / 2) / (judged + _Z * _Z)
    true_positive = (judge.right_passed + 1) / (right + 2)
    true_negative = (judge.wrong_failed + 1) / (wrong + 2)
    sound = true_positive + true_negative - 1
    if sound <= 0:
        return None
    share = (seen + true_negative - 1) / sound
    spread = (
        seen * (1 - seen) / (judged + _Z * _Z)
        + share**2 * true_positive * (1 - true_positive) / (right + 2)
        + (1 - share) ** 2 * true_negative * (1 - true_negative) / (wrong + 2)
    )
    shift = (
        2
        * _Z**2
        * (
            share * true_positive * (1 - true_positive) / (right + 2)
            - (1 - share) * true_negative * (1 - true_negative) / (wrong + 2)
        )
    )
    half = _Z * sqrt(spread) / sound
    middle = share + shift
    plain = (passed / judged + judge.specificity - 1) / (judge.sensitivity + judge.specificity - 1)
    return CorrectedShare(_within(plain), _within(middle - half), _within(middle + half))


def _within(share: float) -> float:
    return min(1.0, max(0.0, share))
