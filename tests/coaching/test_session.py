"""A session runs, decides and changes, within its rounds, and fails without a trace of a half-made change."""

from dataclasses import dataclass, field

from watchkeeper.coaching.phases import PHASES
from watchkeeper.coaching.session import Judged, Past, Session, run_session


@dataclass
class Scripted:
    """A pupil whose accuracies are written down."""

    accuracies: list[float]
    best: float = 0.95
    log: list[str] = field(default_factory=list)
    addable: bool = True
    """Whether something can be added to its instructions."""
    remarks: list[str] = field(default_factory=list)

    def run(self) -> Judged:
        if not self.accuracies:
            raise ZeroDivisionError("the scorer has no field to score")
        now = self.accuracies.pop(0)
        return Judged(accuracy=now, coverage=1.0, precision=now, recall=now, f1=now)

    def change(self, *, wide: bool) -> str | None:
        self.log.append("wide" if wide else "narrow")
        return f"change {len(self.log)}" if wide or self.addable else None

    def restore(self) -> str | None:
        self.log.append("restored")
        self.accuracies.insert(0, self.best)
        return "the best was put back"

    def exemplify(self) -> str | None:
        self.log.append("exemplified")
        return "examples"

    def remark(self) -> str | None:
        return self.remarks.pop(0) if self.remarks else None


def coached(pupil: Scripted, *, rounds: int = 5, past: Past | None = None) -> Session:
    return run_session(
        pupil, agent="a", document="d", phase=PHASES[0], max_rounds=rounds, past=past or Past()
    )


def test_a_session_ends_when_its_agent_is_good() -> None:
    session = coached(Scripted([0.5, 0.8, 1.0, 0.0]))
    assert [one.decision.strategy for one in session.rounds] == ["explore", "refine", "maintain"]
    assert [one.number for one in session.rounds] == [1, 2, 3]
    assert (session.initial, session.final, session.best_round) == (0.5, 1.0, 3)


def test_rounds_end_with_their_limit() -> None:
    assert len(coached(Scripted([0.5] * 9), rounds=2).rounds) == 2


def test_poisoned_instructions_are_put_back_within_one_round() -> None:
    pupil = Scripted([0.80])
    session = coached(pupil, past=Past(best=0.95))
    assert [one.decision.strategy for one in session.rounds] == ["revert", "maintain"]
    assert pupil.log == ["restored"]
    assert session.final == 0.95


def test_a_scorer_that_raises_fails_its_session_and_says_in_which_round() -> None:
    session = coached(Scripted([0.5]))
    assert session.failure == "round 2: ZeroDivisionError: the scorer has no field to score"
    assert len(session.rounds) == 1


def test_a_change_that_raises_fails_its_session_and_says_in_which_round() -> None:
    class Clumsy(Scripted):
        def change(self, *, wide: bool) -> str | None:
            raise OverflowError("too large to compare")

    session = coached(Clumsy([0.5, 0.6]))
    assert session.failure == "round 1: OverflowError: too large to compare"
    assert session.changes == 0


def test_a_forced_strategy_counts_once() -> None:
    session = coached(Scripted([1.0, 1.0, 1.0]), past=Past(forced="explore", forced_by="Ida"))
    assert [one.decision.strategy for one in session.rounds] == ["explore", "maintain"]


def test_refining_with_nothing_left_to_add_goes_on_as_exploring_and_says_so() -> None:
    pupil = Scripted([0.8, 1.0], addable=False)
    first = coached(pupil).rounds[0]
    assert (pupil.log, first.change) == (["narrow", "wide"], "change 2")
    assert first.decision.strategy == "explore"
    assert first.decision.reason == "0.80 is between 0.70 and 0.95, and there is nothing to add"


def test_a_forced_refinement_stays_one() -> None:
    pupil = Scripted([0.8], addable=False)
    [only] = coached(pupil, past=Past(forced="refine", forced_by="Ida")).rounds
    assert (pupil.log, only.change, only.decision.strategy) == (["narrow"], None, "refine")


def test_what_a_pupil_remarks_stands_beside_the_reason_of_its_round() -> None:
    rounds = coached(Scripted([0.5, 0.8, 1.0], remarks=["the model was away"])).rounds
    assert rounds[0].decision.reason == "0.50 is below 0.70; the model was away"
    assert "away" not in rounds[1].decision.reason


def test_golden_gives_the_answer_along_as_an_example_and_changes_nothing_else() -> None:
    pupil = Scripted([1.0, 1.0])
    session = coached(pupil, past=Past(forced="golden", forced_by="Ida"))
    assert pupil.log == ["exemplified"]
    assert [one.decision.strategy for one in session.rounds] == ["golden", "maintain"]
