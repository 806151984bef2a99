"""A series cut where its level or trend changed: each piece a straight line, as few pieces as tell it.

All cuts are weighed at once, for every number of pieces (the exact optimum, not one cut after another). How
many pieces there are, a penalty decides that grows with the logarithm of the length. Two things keep it from
cutting where a person would not: a lone spike is no change, and what moves less than a fraction of the whole
series' spread is no change either, however regular it is.

Source:
    Segment neighbourhood by dynamic programming: I. E. Auger, C. E. Lawrence (1989), Bulletin of Mathematical
    Biology 51; the criterion is that of Y.-C. Yao (1988), Statistics & Probability Letters 6, for lines, with
    a floor under the noise; spikes are found as by F. R. Hampel (1974), JASA 69. The constants were chosen on
    the Turing change point data (`benchmarks/change_points.py`); their neighbours do about as well.
"""

import numpy as np
import numpy.typing as npt

from watchkeeper.domain.errors import InvalidInputError

Figures = npt.NDArray[np.float64]

PENALTY = 12.0
"""Times the logarithm of the length, a cut; in twice the log-likelihood."""
NOISE_FLOOR = 0.15
"""Of the whole series' standard deviation: what moves less is no change."""
MOST_CUTS = 20
SHORTEST = 5
"""Points of a piece: a line through fewer says nothing."""
LEAST_POINTS = 2 * SHORTEST
MOST_POINTS = 1500
"""A longer series is averaged over runs of points first: the work grows with the square."""
_SPIKE_REACH = 2
_SPIKE_FROM = 4.0
_MAD_OF_NORMAL = 1.4826


def change_points(
    series: Figures, *, penalty: float = PENALTY, noise_floor: float = NOISE_FLOOR
) -> tuple[int, ...]:
    """Where a series changed.

    Args:
        series: Points in their order, or a row a dimension; finite.
        penalty: What a cut costs.
        noise_floor: What is no change, in standard deviations of the series.

    Returns:
        The index of each first point after a change, rising; none where nothing changed.

    Raises:
        InvalidInputError: There are too few points.
    """
    rows = np.atleast_2d(np.asarray(series, float))
    if rows.shape[1] < LEAST_POINTS:
        raise InvalidInputError(
            f"{rows.shape[1]} points are too few to tell a change", action=f"give {LEAST_POINTS} at least"
        )
    run = -(-rows.shape[1] // MOST_POINTS)
    prepared = np.vstack([_scaled(_without_spikes(_averaged(row, run))) for row in rows])
    count = prepared.shape[1]
    cuts = _best_cuts(_line_costs(prepared), most=min(MOST_CUTS, count // SHORTEST - 1))
    mean_cost = np.array([cost for cost, _ in cuts]) / prepared.size
    told = count * np.log(mean_cost + noise_floor**2) + penalty * np.log(count) * np.arange(len(cuts))
    return tuple(cut * run for cut in cuts[int(np.argmin(told))][1])


def _averaged(row: Figures, run: int) -> Figures:
    if run == 1:
        return row
    starts = np.arange(0, len(row), run)
    means: Figures = np.add.reduceat(row, starts) / np.diff(np.append(starts, len(row)))
    return means


def _without_spikes(row: Figures) -> Figures:
    """Points far off the median of their neighbours are put there."""
    reach = 2 * _SPIKE_REACH + 1
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(row, _SPIKE_REACH, mode="edge"), reach)
    medians = np.median(windows, axis=1)
    off = row - medians
    spread = _MAD_OF_NORMAL * float(np.median(np.abs(off - np.median(off))))
    kept: Figures = np.where(np.abs(off) > _SPIKE_FROM * max(spread, 1e-12), medians, row)
    return kept


def _scaled(row: Figures) -> Figures:
    """About 0, with a deviation of 1; a flat row is all 0."""
    about: Figures = row - np.median(row)
    spread = float(about.std())
    return about / spread if spread > abs(float(np.median(row))) * 1e-12 else np.zeros_like(row)


def _line_costs(rows: Figures) -> Figures:
    """Squares left by the best line through points `from` to before `to`, at `[from, to]`, of all rows."""
    count = rows.shape[1]
    time = np.arange(count) / count

    def between(values: Figures) -> Figures:
        sums = np.concatenate(([0.0], np.cumsum(values)))
        difference: Figures = sums[None, :] - sums[:, None]
        return difference

    points = np.maximum(between(np.ones(count)), 1.0)
    times, squares = between(time), between(time * time)
    spread = squares - times**2 / points
    slanted = spread > 1e-14
    total = np.zeros((count + 1, count + 1))
    for row in rows:
        values = between(row)
        left = between(row * row) - values**2 / points
        along = between(time * row) - times * values / points
        total += np.maximum(left - np.where(slanted, along**2 / np.where(slanted, spread, 1.0), 0.0), 0.0)
    return total


def _best_cuts(costs: Figures, *, most: int) -> list[tuple[float, tuple[int, ...]]]:
    """The least cost with 0, 1, 2 … cuts, and where they are."""
    ends = np.arange(len(costs))
    allowed = np.where(ends[None, :] - ends[:, None] >= SHORTEST, costs, np.inf)
    least = [allowed[0]]
    came_from: list[npt.NDArray[np.intp]] = []
    for _ in range(most):
        through = least[-1][:, None] + allowed
        came_from.append(np.argmin(through, axis=0))
        least.append(through[came_from[-1], ends])
    return [(float(costs_of[-1]), _way_back(came_from[:number])) for number, costs_of in enumerate(least)]


def _way_back(came_from: list[npt.NDArray[np.intp]]) -> tuple[int, ...]:
    cuts: list[int] = []
    end = -1
    for step in reversed(came_from):
        end = int(step[end])
        cuts.append(end)
    return tuple(reversed(cuts))
