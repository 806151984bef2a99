"""A quantile sketch of figures of either sign, from which figures can be taken out again."""

from collections.abc import Iterable

from watchkeeper.statistics.quantile_sketch import bucket_of, figure_of


class SignedSketch:
    """Counts by bucket of the size, negative and other figures apart; a quantile told is within 1 %."""

    __slots__ = ("_negative", "_positive")

    def __init__(self) -> None:
        self._positive: dict[int, int] = {}
        self._negative: dict[int, int] = {}

    def add(self, figures: Iterable[float]) -> None:
        """Count figures in."""
        for figure in figures:
            side, bucket = (
                (self._positive, bucket_of(figure)) if figure >= 0 else (self._negative, bucket_of(-figure))
            )
            side[bucket] = side.get(bucket, 0) + 1

    def remove(self, figures: Iterable[float]) -> None:
        """Take figures out that were counted in."""
        for figure in figures:
            side, bucket = (
                (self._positive, bucket_of(figure)) if figure >= 0 else (self._negative, bucket_of(-figure))
            )
            left = side[bucket] - 1
            if left:
                side[bucket] = left
            else:
                del side[bucket]

    def quantiles(self, shares: tuple[float, ...]) -> tuple[float | None, ...]:
        """The figures below which these rising shares of all lie; None of no figures."""
        rising = [(-figure_of(b), self._negative[b]) for b in sorted(self._negative, reverse=True)]
        rising += [(figure_of(b), self._positive[b]) for b in sorted(self._positive)]
        total = sum(count for _, count in rising)
        told: list[float | None] = []
        seen, at = 0, -1
        for share in shares:
            rank = share * (total - 1)
            while seen <= rank and at + 1 < len(rising):
                at += 1
                seen += rising[at][1]
            told.append(rising[at][0] if total else None)
        return tuple(told)
