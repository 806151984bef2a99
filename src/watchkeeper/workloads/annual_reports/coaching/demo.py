"""The proof of coaching: learn from bare labels on some reports, measure on others, over many splits."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from watchkeeper.workloads.annual_reports.bare import bare_instructions
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, LabelledReport
from watchkeeper.workloads.annual_reports.coaching.folder_coach import FolderCoach
from watchkeeper.workloads.annual_reports.instructions import InstructionSet, load_instructions
from watchkeeper.workloads.annual_reports.workload import name_words, twin_readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One split; accuracies are shares of all labelled fields of the reports not coached on."""

    seed: int
    coached_on: int
    measured_on: int
    bare: float
    coached: float
    shipped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFigures:
    """The means over all splits."""

    splits: tuple[Split, ...]
    rise: float
    """Coached less bare: 0.15 is wanted."""
    behind_shipped: float
    """Shipped less coached: 0.03 at most is wanted."""

    @property
    def reached(self) -> bool:
        """Whether both figures are what is wanted of them."""
        return self.rise >= WANTED_RISE and self.behind_shipped <= WANTED_BEHIND


WANTED_RISE = 0.15
WANTED_BEHIND = 0.03


def splits(
    reports: Sequence[LabelledReport],
    *,
    coach_on: int,
    seeds: Sequence[int],
    unreadable: int = 0,
    told: Callable[[Split], None],
) -> Iterator[Split]:
    """Coach and measure, a split a seed.

    Args:
        reports: All there are; those coached on are drawn from them.
        coach_on: How many are drawn, those that cannot be read among them.
        seeds: One a split.
        unreadable: Reports of the draw that cannot be read: they teach nothing and measure nothing.
        told: Who hears of each split.
    """
    places = [*range(len(reports)), *[None] * unreadable]
    for seed in seeds:
        order = list(places)
        random.Random(seed).shuffle(order)  # a draw that can be repeated, not a secret
        learn = [reports[place] for place in order[:coach_on] if place is not None]
        rest = [reports[place] for place in order[coach_on:] if place is not None]
        coached = FolderCoach(learn, bare_instructions()).coach().instructions
        split = Split(
            seed=seed,
            coached_on=len(learn),
            measured_on=len(rest),
            bare=measured(rest, bare_instructions()),
            coached=measured(rest, coached),
            shipped=measured(rest, load_instructions()),
        )
        told(split)
        yield split


def figures(done: Sequence[Split]) -> DemoFigures:
    """The means over splits."""
    return DemoFigures(
        splits=tuple(done),
        rise=fmean(one.coached - one.bare for one in done),
        behind_shipped=fmean(one.shipped - one.coached for one in done),
    )


def measured(reports: Sequence[LabelledReport], instructions: InstructionSet) -> float:
    """The share of labelled fields that come out right, 0 to 1."""
    exam = Exam(
        reports=reports, readers=twin_readers(), ignored=name_words(instructions), instructions=instructions
    )
    accuracy = exam.accuracy()
    assert accuracy is not None  # a labelled folder has labelled fields
    return accuracy
