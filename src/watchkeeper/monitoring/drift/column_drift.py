"""The verdict on one column: figures, categories or texts, each by the measures that fit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from watchkeeper.monitoring.drift.chi_square import chi_square
from watchkeeper.monitoring.drift.embedding import embedding_drift
from watchkeeper.monitoring.drift.jensen_shannon import jensen_shannon
from watchkeeper.monitoring.drift.kolmogorov_smirnov import kolmogorov_smirnov
from watchkeeper.monitoring.drift.measure import ENOUGH, SIGNIFICANT, Measure
from watchkeeper.monitoring.drift.population_stability import of_counts, population_stability
from watchkeeper.monitoring.drift.samples import Figures, samples
from watchkeeper.monitoring.drift.text_vectors import hashed_vectors
from watchkeeper.monitoring.drift.wasserstein import wasserstein

Kind = Literal["figures", "categories", "texts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDrift:
    """Whether a column drifted, by which measures."""

    column: str
    kind: Kind
    reference_samples: int
    current_samples: int
    drifted: bool | None
    """None: there is too little to say."""
    reason: str
    """The verdict in a sentence."""
    measures: tuple[Measure, ...] = ()


def figures_drift(column: str, reference: Figures, current: Figures) -> ColumnDrift:
    """The verdict on figures; each finite."""
    if (few := _too_few(column, "figures", len(reference), len(current))) is not None:
        return few
    both = samples(reference, current)
    shape, moved, index = kolmogorov_smirnov(both), wasserstein(both), population_stability(both)
    drifted = (shape.drifted and moved.effect >= moved.matters_from) or index.drifted
    return _verdict(column, "figures", reference, current, drifted=drifted, measures=(index, shape, moved))


def categories_drift(column: str, reference: Sequence[str], current: Sequence[str]) -> ColumnDrift:
    """The verdict on categories."""
    if (few := _too_few(column, "categories", len(reference), len(current))) is not None:
        return few
    before, now = Counter(reference), Counter(current)
    names = sorted(before | now)
    counts = np.array([before[name] for name in names], float), np.array([now[name] for name in names], float)
    test, apart, index = chi_square(*counts), jensen_shannon(*counts), of_counts(*counts)
    drifted = test.drifted and apart.effect >= apart.matters_from
    return _verdict(column, "categories", reference, current, drifted=drifted, measures=(test, apart, index))


def texts_drift(
    column: str, reference: Sequence[str], current: Sequence[str], *, seed: int = 1
) -> ColumnDrift:
    """The verdict on texts, by their hashed words and letters."""
    if (few := _too_few(column, "texts", len(reference), len(current))) is not None:
        return few
    measure = embedding_drift(hashed_vectors(reference), hashed_vectors(current), seed=seed)
    return _verdict(column, "texts", reference, current, drifted=measure.drifted, measures=(measure,))


def _too_few(column: str, kind: Kind, reference: int, current: int) -> ColumnDrift | None:
    if min(reference, current) >= ENOUGH:
        return None
    return ColumnDrift(
        column=column,
        kind=kind,
        reference_samples=reference,
        current_samples=current,
        drifted=None,
        reason=f"no data: {ENOUGH} samples are needed on either side",
    )


def _verdict(
    column: str,
    kind: Kind,
    reference: Sequence[str] | Figures,
    current: Sequence[str] | Figures,
    *,
    drifted: bool,
    measures: tuple[Measure, ...],
) -> ColumnDrift:
    said = ", ".join(f"{measure.name} {measure.effect:.3g}" for measure in measures)
    significant = any(measure.p_value is not None and measure.p_value < SIGNIFICANT for measure in measures)
    reason = "drifted" if drifted else "differs too little to matter" if significant else "no difference"
    return ColumnDrift(
        column=column,
        kind=kind,
        reference_samples=len(reference),
        current_samples=len(current),
        drifted=drifted,
        reason=f"{reason}: {said}",
        measures=measures,
    )
