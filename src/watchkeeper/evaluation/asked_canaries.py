"""Canaries that are asked: questions to a route or target, each with a typed check of the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.canaries import CanaryCheck, CheckedCanary, Verdict, check_canary
from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.evaluating import Answered
from watchkeeper.evaluation.scorers.judge import AskJudge, Judge
from watchkeeper.evaluation.suite import Suite, SystemUnderTest
from watchkeeper.files.invalid_document import wrong_places

ANSWER = "answer"
"""What a check names its field where the whole answer is meant."""
Text = Annotated[str, Field(min_length=1)]


class AskedCanary(BaseModel):
    """One question, and what its answer has to be: one of the four is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Text
    ask: Text
    field: Text | None = Field(default=None, description="The member of an answer in JSON that is checked.")
    equal: Text | None = Field(default=None, description="Equal but for case and spaces.")
    number: float | None = Field(default=None, description="Strictly within 1 %.")
    one_of: tuple[Text, ...] | None = Field(default=None, min_length=1, description="Equal to one of them.")
    rubric: Text | None = Field(default=None, description="What a good answer is, in words; a model judges.")

    @model_validator(mode="after")
    def _one_check(self) -> "AskedCanary":
        given = [name for name in _CHECKS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give one of {', '.join(_CHECKS)}, not {' and '.join(given) or 'none'}")
        return self

    def check(self) -> CanaryCheck:
        """What is checked, as it is kept."""
        kind = next(name for name in _CHECKS if getattr(self, name) is not None)
        return CanaryCheck(
            document=self.id, field=self.field or ANSWER, type=kind, expected=getattr(self, kind)
        )


_CHECKS: tuple[Literal["equal", "number", "one_of", "rubric"], ...] = ("equal", "number", "one_of", "rubric")


class AskedSuite(BaseModel):
    """What `wk canary run FILE` takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    suite: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    workload: Text
    system: SystemUnderTest
    judge: Text | None = Field(default=None, description="The route or target that judges rubrics.")
    canaries: tuple[AskedCanary, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> "AskedSuite":
        names = [one.id for one in self.canaries]
        twice = sorted({one for one in names if names.count(one) > 1})
        if twice:
            raise ValueError(f"the id {twice[0]!r} comes twice")
        if self.judge is None and any(one.rubric is not None for one in self.canaries):
            raise ValueError("a rubric needs a `judge`: the route or target that judges it")
        return self

    def as_suite(self) -> Suite:
        """The same, as calls of an evaluation are made from it."""
        return Suite(name=self.suite, workload=self.workload, system=self.system, scorers=({"exact": {}},))


@dataclass(frozen=True, slots=True)
class Asking:
    """The ways to whom a suite asks."""

    answer: Callable[[DatasetItem], Answered]
    judge: Callable[[str], AskJudge]
    """By a target's name."""


def read_asked_suite(data: object, *, name: str) -> AskedSuite:
    """The suite of a YAML document.

    Raises:
        InvalidInputError: It is none; every problem is named.
    """
    try:
        return AskedSuite.model_validate(data)
    except ValidationError as problems:
        told = wrong_places(problems, whole="suite")
        raise InvalidInputError(f"{name} is no suite of canaries: {told}", action="mend it") from None


def ask_canaries(suite: AskedSuite, asking: Asking) -> tuple[CheckedCanary, ...]:
    """Ask every question and check its answer; one that never came, or nobody could judge, could not run."""
    return tuple(_checked(one, suite, asking) for one in suite.canaries)


def _checked(canary: AskedCanary, suite: AskedSuite, asking: Asking) -> CheckedCanary:
    check = canary.check()
    item = DatasetItem(item_id=canary.id, input=canary.ask)
    said = asking.answer(item)
    if said.error is not None:
        return _ended(check, None, Verdict.COULD_NOT_RUN, said.error)
    got = said.output
    if canary.field is not None:
        got = got.get(canary.field) if isinstance(got, dict) else None
    plain = check_canary(check, got)
    if canary.rubric is None or plain.verdict is Verdict.MISSING:
        return plain
    assert suite.judge is not None  # the suite was refused otherwise
    judge = Judge(target=suite.judge, rubric=canary.rubric, ask=asking.judge(suite.judge))
    score = judge.score(item, got)
    if score.value is None:
        return _ended(check, got, Verdict.COULD_NOT_RUN, score.reason)
    return _ended(check, got, Verdict.PASS if score.value == 1 else Verdict.FAIL, score.reason)


def _ended(check: CanaryCheck, got: object, verdict: Verdict, reason: str) -> CheckedCanary:
    return CheckedCanary(
        check=check, got=got, verdict=verdict, reason="" if verdict is Verdict.PASS else reason
    )
