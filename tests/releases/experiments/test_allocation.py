"""Who is in which arm: the same subject the same one, shares as told, one experiment blind to another."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.releases.assignment import is_chosen
from watchkeeper.releases.experiments.allocation import Split, shares_of

SUBJECTS = [f"subject {number}" for number in range(4_000)]
names = st.text("abcdefghij0123456789-", min_size=1, max_size=20)
weights = st.lists(st.integers(1, 1_000), min_size=2, max_size=6)


def split_of(name: str, weighed: list[int], share: int = 10_000) -> Split:
    total = sum(weighed)
    shares = shares_of([weight * 100 / total for weight in weighed])
    return Split(experiment=name, share=share, arms=tuple((f"arm-{n}", one) for n, one in enumerate(shares)))


@given(name=names, weighed=weights, share=st.integers(1, 10_000), subject=st.text())
def test_a_subject_gets_the_same_arm_whenever_it_is_asked(
    name: str, weighed: list[int], share: int, subject: str
) -> None:
    once, again = split_of(name, weighed, share), split_of(name, weighed, share)
    assert once.arm_of(subject) == again.arm_of(subject)
    everybody = split_of(name, weighed)
    # A larger part of the subjects keeps everybody in the arm it had.
    assert once.arm_of(subject) in {None, everybody.arm_of(subject)}
    assert everybody.arm_of(subject) is not None


@settings(max_examples=25, deadline=None)
@given(name=names, weighed=weights, share=st.integers(1_000, 10_000))
def test_arms_get_the_shares_they_were_given(name: str, weighed: list[int], share: int) -> None:
    split = split_of(name, weighed, share)
    found = Counter(split.arm_of(subject) for subject in SUBJECTS)
    expected = {None: 10_000 - share} | {arm: share * part / 10_000 for arm, part in split.arms}
    for arm, part in expected.items():
        p = part / 10_000
        # Five standard deviations: one draw in some millions is farther off.
        assert abs(found[arm] - p * len(SUBJECTS)) <= 5 * (len(SUBJECTS) * p * (1 - p)) ** 0.5 + 1


@settings(max_examples=25, deadline=None)
@given(one=names, other=names)
def test_where_a_subject_stands_in_one_experiment_tells_nothing_of_another(one: str, other: str) -> None:
    if one == other:
        return
    here, there = split_of(one, [1, 1]), split_of(other, [1, 1], share=5_000)
    both = Counter((here.arm_of(subject), there.arm_of(subject)) for subject in SUBJECTS)
    for arm in ("arm-0", "arm-1"):
        for elsewhere, p in ((None, 0.25), ("arm-0", 0.125), ("arm-1", 0.125)):
            assert abs(both[arm, elsewhere] - p * len(SUBJECTS)) <= 5 * (len(SUBJECTS) * p * (1 - p)) ** 0.5
    of_canary = [subject for subject in SUBJECTS if is_chosen(one, subject, 1_000)]
    within = sum(here.arm_of(subject) == "arm-0" for subject in of_canary)
    assert abs(within - len(of_canary) / 2) <= 5 * (len(of_canary) / 4) ** 0.5


@given(weighed=weights)
def test_shares_are_all_of_it_and_no_farther_off_than_a_ten_thousandth(weighed: list[int]) -> None:
    percents = [weight * 100 / sum(weighed) for weight in weighed]
    found = shares_of(percents)
    assert sum(found) == 10_000
    assert all(abs(share - percent * 100) <= 1 for share, percent in zip(found, percents, strict=True))


@pytest.mark.parametrize("percents", [[50, None], [50, 60], [99.999, 0.001], [100, 0]])
def test_what_is_no_division_is_refused(percents: list[float | None]) -> None:
    with pytest.raises(InvalidInputError):
        shares_of(percents)
