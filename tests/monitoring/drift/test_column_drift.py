"""Verdicts on columns: what is no chance and large enough to matter is drift, nothing else is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from watchkeeper.monitoring.drift.chi_square import chi_square
from watchkeeper.monitoring.drift.column_drift import categories_drift, figures_drift, texts_drift
from watchkeeper.monitoring.drift.kolmogorov_smirnov import kolmogorov_smirnov
from watchkeeper.monitoring.drift.population_stability import population_stability
from watchkeeper.monitoring.drift.samples import samples
from watchkeeper.monitoring.drift.wasserstein import wasserstein

figures = st.lists(st.integers(-50, 50), min_size=30, max_size=200).map(lambda xs: np.array(xs, float))


def normal(count: int, seed: int, *, level: float = 0.0, spread: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(level, spread, count)


@given(reference=figures, current=figures)
def test_the_largest_gap_is_the_one_another_implementation_finds(
    reference: np.ndarray, current: np.ndarray
) -> None:
    gap = kolmogorov_smirnov(samples(reference, current)).statistic
    assert gap == pytest.approx(stats.ks_2samp(reference, current, method="asymp").statistic, abs=1e-12)


@given(reference=figures, current=figures)
def test_the_distance_is_the_one_another_implementation_finds(
    reference: np.ndarray, current: np.ndarray
) -> None:
    if reference.std() == 0:
        return
    moved = wasserstein(samples(reference, current)).statistic * reference.std()
    assert moved == pytest.approx(stats.wasserstein_distance(reference, current), rel=0.1, abs=2.0)


def test_the_test_of_categories_is_the_one_another_implementation_finds() -> None:
    before, now = np.array([50.0, 30.0, 20.0]), np.array([40.0, 35.0, 25.0])
    measure = chi_square(before, now)
    known = stats.chi2_contingency(np.vstack((before, now)), correction=False)
    assert (measure.statistic, measure.p_value) == pytest.approx((known.statistic, known.pvalue))


@given(sample=figures)
def test_a_sample_never_drifted_from_itself(sample: np.ndarray) -> None:
    verdict = figures_drift("x", sample, sample)
    assert verdict.drifted is False
    assert all(measure.effect < 1e-9 for measure in verdict.measures)


def test_a_shift_of_a_fifth_of_a_deviation_is_found_in_five_thousand_samples() -> None:
    found = [
        figures_drift("x", normal(5000, seed), normal(5000, 10_000 + seed, level=0.2)).drifted
        for seed in range(200)
    ]
    assert sum(map(bool, found)) >= 199


def test_equal_distributions_are_hardly_ever_told_apart() -> None:
    for count in (30, 300, 5000):
        false = sum(
            bool(figures_drift("x", normal(count, seed), normal(count, 50_000 + seed)).drifted)
            for seed in range(1000)
        )
        assert false < 10, count


def test_a_million_samples_do_not_cry_drift_at_nothing() -> None:
    verdict = figures_drift("x", normal(1_000_000, 1), normal(1_000_000, 2, level=0.01))
    assert verdict.drifted is False
    assert "too little to matter" in verdict.reason


@pytest.mark.requirement("HE-30", "HE-31")
def test_what_lies_wholly_outside_the_reference_has_drifted() -> None:
    """Defect 13: bins that are empty on either side, and values beyond the range, count."""
    verdict = figures_drift("x", normal(40, 1), normal(40, 2, level=50.0))
    assert verdict.drifted is True
    index, shape, _ = verdict.measures
    assert index.statistic > 1
    assert (index.drifted, shape.drifted) == (True, True)
    assert shape.statistic == 1.0


def test_a_constant_that_moves_has_drifted_and_one_that_stays_has_not() -> None:
    assert figures_drift("x", np.full(50, 5.0), np.full(50, 6.0)).drifted is True
    assert figures_drift("x", np.full(50, 5.0), np.full(50, 5.0)).drifted is False


def test_a_wider_spread_about_the_same_mean_is_drift() -> None:
    assert figures_drift("x", normal(5000, 1), normal(5000, 2, spread=1.6)).drifted is True


def test_a_few_samples_are_no_data() -> None:
    verdict = figures_drift("x", normal(29, 1), normal(5000, 2, level=9.0))
    assert verdict.drifted is None
    assert "no data" in verdict.reason


def test_categories_that_change_places_have_drifted_and_the_same_ones_have_not() -> None:
    before = ["ok"] * 900 + ["slow"] * 80 + ["failed"] * 20
    now = ["ok"] * 600 + ["slow"] * 80 + ["failed"] * 320
    assert categories_drift("state", before, now).drifted is True
    assert categories_drift("state", before, before[::-1]).drifted is False


def test_a_category_never_seen_before_counts() -> None:
    assert categories_drift("model", ["a"] * 200, ["a"] * 100 + ["b"] * 100).drifted is True


def words(count: int, seed: int, vocabulary: str) -> list[str]:
    chance = np.random.default_rng(seed)
    return [" ".join(chance.choice(vocabulary.split(), 12)) for _ in range(count)]


RIVERS = "river bank water flood bridge stream lake shore boat fish mill ferry"
LEDGERS = "ledger bank account sum interest loan share bond audit tax debt equity"


def test_texts_about_something_else_have_drifted_and_reworded_ones_have_not() -> None:
    assert texts_drift("reply", words(100, 1, RIVERS), words(100, 2, LEDGERS)).drifted is True
    assert texts_drift("reply", words(100, 1, RIVERS), words(100, 3, RIVERS)).drifted is False


def test_the_same_texts_get_the_same_verdict_every_time() -> None:
    before, now = words(40, 1, RIVERS), words(40, 2, LEDGERS)
    assert texts_drift("reply", before, now) == texts_drift("reply", before, now)


def test_population_stability_is_small_when_tenths_stay_tenths() -> None:
    assert population_stability(samples(normal(5000, 1), normal(5000, 2))).statistic < 0.02
