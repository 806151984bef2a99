"""Change points on the Turing change point data, by its scoring; one default configuration for all series.

Run: python -m benchmarks.change_points ../shared/data/tcpd [--json]

Source:
    G. J. J. van den Burg, C. K. I. Williams (2020), "An Evaluation of Change Point Detection Algorithms",
    arXiv 2003.06222. The scoring's facts are told beside the data.
"""

import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import numpy as np

from watchkeeper.monitoring.changepoints.segmentation import change_points

MARGIN = 5
Annotations = Mapping[str, Sequence[int]]


def matched(annotated: Iterable[int], found: Iterable[int]) -> int:
    """Annotations with a found change within the margin; each found one counts once."""
    left, count = set(found), 0
    for mark in sorted(set(annotated)):
        near = [(abs(mark - one), one) for one in left if abs(mark - one) <= MARGIN]
        if near:
            left.remove(min(near)[1])
            count += 1
    return count


def f1(annotations: Annotations, found: Sequence[int]) -> float:
    told = {0, *found}
    marks = [{0, *one} for one in annotations.values()]
    precision = matched(set().union(*marks), told) / len(told)
    recall = fmean(matched(one, told) / len(one) for one in marks)
    return 2 * precision * recall / (precision + recall)


def covering(annotations: Annotations, found: Sequence[int], points: int) -> float:
    def pieces(cuts: Iterable[int]) -> list[tuple[int, int]]:
        return list(pairwise([*sorted({0, *cuts}), points]))

    def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
        both = max(0, min(one[1], other[1]) - max(one[0], other[0]))
        return both / (max(one[1], other[1]) - min(one[0], other[0]))

    told = pieces(found)
    return fmean(
        sum(
            (piece[1] - piece[0]) / points * max(overlap(piece, one) for one in told)
            for piece in pieces(marks)
        )
        for marks in annotations.values()
    )


def scores(folder: Path, **how: float) -> dict[str, dict[str, object]]:
    annotations = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    published = json.loads((folder / "published_default_scores.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, object]] = {}
    for file in sorted((folder / "series").glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        series = np.array([one["raw"] for one in told["series"]], float)
        began = time.process_time()
        cuts = change_points(series, **how)
        points, marks, zero = series.shape[1], annotations[file.stem], published[file.stem]["zero"]
        assert abs(f1(marks, ()) - zero["f1"]) < 1e-3, "the scoring is not the published one"
        assert abs(covering(marks, (), points) - zero["cover"]) < 1e-3
        found[file.stem] = {
            "points": points,
            "cuts": list(cuts),
            "covering": covering(marks, cuts, points),
            "f1": f1(marks, cuts),
            "cpu_ms": 1000 * (time.process_time() - began),
        }
    return found


def means(found: Mapping[str, Mapping[str, object]]) -> tuple[float, float]:
    """Covering and F1 over all series."""
    return (
        fmean(float(one["covering"]) for one in found.values()),  # type: ignore[arg-type]
        fmean(float(one["f1"]) for one in found.values()),  # type: ignore[arg-type]
    )


def main() -> None:
    folder = Path(sys.argv[1])
    found = scores(folder)
    cover, score = means(found)
    near = {
        f"penalty {penalty:g}, floor {floor:g}": means(scores(folder, penalty=penalty, noise_floor=floor))
        for penalty in (9, 12, 15)
        for floor in (0.1, 0.15, 0.2)
    }
    if "--json" in sys.argv:
        print(json.dumps({"covering": cover, "f1": score, "series": found, "neighbours": near}))
        return
    for name, one in found.items():
        print(f"  {name:20} {one['covering']:.3f} {one['f1']:.3f} {one['cpu_ms']:6.0f} ms  {one['cuts']}")
    print(f"covering {cover:.3f}, F1 {score:.3f} over {len(found)} series; default {cover:.3f} / {score:.3f}")
    for name, (its_cover, its_f1) in near.items():
        print(f"  {name:24} {its_cover:.3f} {its_f1:.3f}")


if __name__ == "__main__":
    main()
