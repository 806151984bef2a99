"""Canary checks: typed, strict, and with verdicts of their own for 'missing' and 'could not run'.

Numbers pass when the relative difference is strictly below 1 %; text when equal ignoring case
(GF-54). An empty answer never passes and nothing passes as a substring (defect 30).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from watchkeeper.domain.percent_text import percent_text
from watchkeeper.evaluation.comparison import as_number, within

CheckType = Literal["number", "text", "equal", "one_of", "rubric"]
"""`text` and `equal` are the same; a `rubric` is judged by a model (`asked_canaries`)."""


class Verdict(StrEnum):
    """How a canary check ended."""

    PASS = "pass"
    FAIL = "fail"
    MISSING = "missing"
    COULD_NOT_RUN = "could_not_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryCheck:
    """One expected value of one canary document."""

    document: str
    field: str
    type: CheckType
    expected: str | float | tuple[str, ...]
    """A number, a text, the texts of which one must be met, or what a good answer is in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCanary:
    """A check and how it ended."""

    check: CanaryCheck
    got: object
    verdict: Verdict
    reason: str
    """Why it did not pass; empty when it did."""


def check_canary(check: CanaryCheck, got: object) -> CheckedCanary:
    """The verdict on one answer; a rubric nobody judges could not run."""
    if got is None or (isinstance(got, str) and not got.strip()) or got in ([], {}):
        return CheckedCanary(check=check, got=got, verdict=Verdict.MISSING, reason="no value was found")
    if check.type == "rubric":
        return CheckedCanary(check=check, got=got, verdict=Verdict.COULD_NOT_RUN, reason="nobody judged it")
    passed, reason = _number(check, got) if check.type == "number" else _text(check, got)
    return CheckedCanary(
        check=check,
        got=got,
        verdict=Verdict.PASS if passed else Verdict.FAIL,
        reason="" if passed else reason,
    )


def check_suite(
    checks: Sequence[CanaryCheck],
    answers: Mapping[str, Mapping[str, object]],
    *,
    not_run: Mapping[str, str] | None = None,
) -> tuple[CheckedCanary, ...]:
    """Every check against the answers, value by field by document.

    Args:
        checks: The suite.
        answers: What was read.
        not_run: Why a document could not be read; its checks are 'could not run', never passes.
    """
    done = []
    for check in checks:
        if check.document in answers:
            done.append(check_canary(check, answers[check.document].get(check.field)))
            continue
        reason = (not_run or {}).get(check.document, f"{check.document} was not read")
        done.append(CheckedCanary(check=check, got=None, verdict=Verdict.COULD_NOT_RUN, reason=reason))
    return tuple(done)


def all_green(checked: Sequence[CheckedCanary]) -> bool:
    """Whether there were checks and every one passed; an empty suite is not green."""
    return bool(checked) and all(one.verdict is Verdict.PASS for one in checked)


def suite_verdict(checked: Sequence[CheckedCanary]) -> Literal["passed", "failed", "not checked"]:
    """What a suite came to: one wrong answer fails it, and what could not run proves nothing."""
    verdicts = {one.verdict for one in checked}
    if verdicts & {Verdict.FAIL, Verdict.MISSING}:
        return "failed"
    return "passed" if all_green(checked) else "not checked"


def canary_body(
    checked: Sequence[CheckedCanary], *, suite: str, workload: str, run_id: str | None = None
) -> dict[str, object]:
    """What the API keeps of a suite's run."""
    return {
        "workload": workload,
        "suite": suite,
        "run_id": run_id,
        "checks": [
            {
                "document": one.check.document,
                "field": one.check.field,
                "expected": _told(one.check.expected),
                "got": None if one.got is None else str(one.got),
                "verdict": str(one.verdict),
            }
            for one in checked
        ],
    }


def _told(expected: object) -> str:
    return " or ".join(expected) if isinstance(expected, tuple) else str(expected)


def _number(check: CanaryCheck, got: object) -> tuple[bool, str]:
    expected, found = as_number(check.expected), as_number(got)
    if expected is None:
        return False, f"the suite expects a number but states {check.expected!r}"
    if found is None:
        return False, f"{got!r} is not a number"
    return within(found, expected), f"differs by {percent_text(abs(found - expected) / abs(expected or 1))}"


def _text(check: CanaryCheck, got: object) -> tuple[bool, str]:
    wanted = check.expected if isinstance(check.expected, tuple) else (check.expected,)
    same = any(_plain(got) == _plain(want) for want in wanted)
    return same, f"expected {' or '.join(repr(want) for want in wanted)}"


def _plain(text: object) -> str:
    return " ".join(str(text).split()).casefold()
