"""An evaluation run as it is kept: its head under an id of its own, and how its items did."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import fmean
from typing import Literal

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.eval_line import EvalHead, EvalLine

Outcome = Literal["all", "wrong", "not checked", "failed", "unsteady"]
"""Which items of a run are asked for; `wrong` is below 1, `failed` without an answer."""
_ID = "EVAL_"
_ID_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A run that is kept; its answers are only ever added."""

    run_id: str
    head: EvalHead
    kept_at: datetime
    """When the first of it came."""
    kept_by: str
    answers: int = 0
    """How many are kept by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStanding:
    """How one item of a run did by one scorer."""

    item: str
    score: float | None
    """Mean over its repeats; None: none could be checked."""
    not_checked: int
    failed: int
    """Answers that never came."""
    unsteady: bool
    """Whether its repeats have several scores."""


def run_id_of(head: EvalHead) -> str:
    """The id of a run: that of what was run and when it began, so that one run is kept once.

    >>> head = EvalHead(name="a", dataset="d", dataset_sha256="0", suite_sha256="1", target=None,
    ...                 scorers={}, repeats=1, started_at="2026-03-01T12:00:00+00:00")
    >>> run_id_of(head)
    'EVAL_538cb873629e8337'
    """
    said = json.dumps(asdict(head), sort_keys=True, default=str)
    return _ID + hashlib.sha256(said.encode()).hexdigest()[:_ID_DIGITS]


def is_run_id(text: str) -> bool:
    """Whether a text is the id of a kept run, and no file.

    >>> is_run_id("EVAL_c5f0a4e5b0c1d2e3"), is_run_id("before.jsonl")
    (True, False)
    """
    digits = text.removeprefix(_ID)
    return digits != text and len(digits) == _ID_DIGITS and set(digits) <= set("0123456789abcdef")


def standings(lines: Sequence[EvalLine], scorer: str, *, outcome: Outcome = "all") -> list[ItemStanding]:
    """Items by a scorer, the worst first; those nobody could check come last: they are not known to be bad.

    Args:
        lines: The run's answers.
        scorer: The scorer.
        outcome: Which items.
    """
    by_item: dict[str, list[EvalLine]] = {}
    for one in lines:
        by_item.setdefault(one.item, []).append(one)
    found = [_standing(item, of_item, scorer) for item, of_item in by_item.items()]
    found.sort(key=lambda one: (one.score is None, one.score or 0.0))
    return [one for one in found if _is(one, outcome)]


def scorer_of(head: EvalHead, named: str | None) -> str:
    """The scorer that is meant: the one named, else the first.

    Raises:
        InvalidInputError: The run has no such scorer.
    """
    if named is None:
        return next(iter(head.scorers))
    if named not in head.scorers:
        raise InvalidInputError(
            f"no scorer {named[:60]!r} judged this run", action=f"name one of: {', '.join(head.scorers)}"
        )
    return named


def _standing(item: str, lines: Sequence[EvalLine], scorer: str) -> ItemStanding:
    given = [one.scores[scorer].value for one in lines if scorer in one.scores]
    values = [value for value in given if value is not None]
    return ItemStanding(
        item=item,
        score=fmean(values) if values else None,
        not_checked=len(lines) - len(values),
        failed=sum(one.error is not None for one in lines),
        unsteady=len(set(values)) > 1,
    )


def _is(one: ItemStanding, outcome: Outcome) -> bool:
    match outcome:
        case "wrong":
            return one.score is not None and one.score < 1
        case "not checked":
            return one.not_checked > 0
        case "failed":
            return one.failed > 0
        case "unsteady":
            return one.unsteady
        case _:
            return True
