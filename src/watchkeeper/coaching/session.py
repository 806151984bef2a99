"""A session: one agent on one document, round after round, until it is good or its rounds are used up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from watchkeeper.coaching.decision import Decision, Standing, decide
from watchkeeper.coaching.phases import Phase
from watchkeeper.coaching.strategies import strategy
from watchkeeper.coaching.strategies.explore import EXPLORE
from watchkeeper.coaching.strategies.refine import REFINE
from watchkeeper.coaching.strategies.strategy import Move


class Basis(StrEnum):
    """What accuracy was measured by."""

    TRUTH = "truth"
    CONSENSUS = "consensus and arithmetic"
    """No truth was there: what the readers agree on and sums confirm stood in for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How one run of an agent on a document went."""

    accuracy: float
    coverage: float
    precision: float
    recall: float
    f1: float
    errors: tuple[str, ...] = ()
    """Fields that came out wrong, ten at most."""
    missing: tuple[str, ...] = ()
    basis: Basis = Basis.TRUTH


class Pupil(Protocol):
    """One agent on one document, with the instructions it has now."""

    def run(self) -> Judged:
        """Read the document and judge the answer."""
        ...

    def change(self, *, wide: bool) -> str | None:
        """Change its instructions in the one thing that helps most, and say what; None when nothing helps.

        A change is made only when it helps on documents held back from its making too, or, where those are
        too few to tell, when they do not come out worse.
        """
        ...

    def restore(self) -> str | None:
        """Put back the best instructions it had; None when it has them."""
        ...

    def exemplify(self) -> str | None:
        """Give its answer along as examples, where it is golden, and say so; None where it is not."""
        ...

    def remark(self) -> str | None:
        """What else is to be said of the last step, once; None: nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round: what came out, what was decided, what was changed."""

    number: int
    """From 1."""
    judged: Judged
    decision: Decision
    change: str | None
    """None where the instructions stayed as they are."""
    improvement: float
    """Against the round before; 0 in the first."""


@dataclass(slots=True, kw_only=True)
class Session:
    """What became of a session."""

    agent: str
    document: str
    max_rounds: int
    rounds: list[Round] = field(default_factory=list)
    failure: str | None = None

    @property
    def initial(self) -> float | None:
        """Accuracy of the first round."""
        return self.rounds[0].judged.accuracy if self.rounds else None

    @property
    def final(self) -> float | None:
        """Accuracy of the last round."""
        return self.rounds[-1].judged.accuracy if self.rounds else None

    @property
    def best_round(self) -> int | None:
        """The number of the first round with the best accuracy."""
        if not self.rounds:
            return None
        return max(self.rounds, key=lambda one: (one.judged.accuracy, -one.number)).number

    def add(self, number: int, judged: Judged, decision: Decision, change: str | None) -> None:
        """Add a round that ended."""
        before = self.rounds[-1].judged.accuracy if self.rounds else judged.accuracy
        improvement = judged.accuracy - before
        self.rounds.append(
            Round(number=number, judged=judged, decision=decision, change=change, improvement=improvement)
        )

    @property
    def changes(self) -> int:
        """How often the instructions changed."""
        return sum(one.change is not None for one in self.rounds)


@dataclass(slots=True, kw_only=True)
class Past:
    """What is known of an agent before a session."""

    best: float | None = None
    recent: Sequence[float] = ()
    forced: str | None = None
    forced_by: str | None = None


Decide = Callable[[Standing], Decision]


def run_session(
    pupil: Pupil,
    *,
    agent: str,
    document: str,
    phase: Phase,
    max_rounds: int,
    past: Past,
    decider: Decide = decide,
) -> Session:
    """Coach one agent on one document; a run that fails ends the session as failed, whatever was kept.

    Args:
        pupil: The agent on the document.
        agent: Its name.
        document: The document's name.
        phase: The phase of learning.
        max_rounds: Runs of the agent at most; each may be followed by one change.
        past: What is known from earlier sessions.
        decider: Decides each next step; the rules by default.
    """
    session = Session(agent=agent, document=document, max_rounds=max_rounds)
    best, recent, forced = past.best, list(past.recent), past.forced
    for number in range(1, max_rounds + 1):
        try:
            judged = pupil.run()
            recent.append(judged.accuracy)
            standing = Standing(
                accuracy=judged.accuracy,
                best=best,
                recent=recent,
                phase=phase,
                forced=forced,
                forced_by=past.forced_by,
            )
            decision, change = _changed(pupil, decider(standing), bound=forced is not None)
        except Exception as failure:  # noqa: BLE001 # a scorer that raises ends its session, not the coach
            session.failure = f"round {number}: {type(failure).__name__}: {failure}"
            return session
        best = judged.accuracy if best is None else max(best, judged.accuracy)
        forced = None
        if (remark := pupil.remark()) is not None:
            decision = replace(decision, reason=f"{decision.reason}; {remark}")
        session.add(number, judged, decision, change)
        if change is None:
            break
    return session


def _changed(pupil: Pupil, decision: Decision, *, bound: bool) -> tuple[Decision, str | None]:
    """What was done, and by which strategy: an agent with nothing left to add is stuck, and explores."""
    change = _act(pupil, decision)
    if change is not None or bound or decision.strategy != REFINE.name:
        return decision, change
    exploring = replace(
        decision, strategy=EXPLORE.name, reason=f"{decision.reason}, and there is nothing to add"
    )
    change = _act(pupil, exploring)
    return (decision, None) if change is None else (exploring, change)


def _act(pupil: Pupil, decision: Decision) -> str | None:
    chosen = strategy(decision.strategy)
    if chosen.move is Move.KEEP:
        return None
    if chosen.move is Move.RESTORE:
        return pupil.restore()
    if chosen.move is Move.EXEMPLIFY:
        return pupil.exemplify()
    return pupil.change(wide=chosen.wide)
