"""The shipped canary suite is data, and the generator still states what it expects."""

from pathlib import Path

import pytest

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.canaries import Verdict, check_suite
from watchkeeper.workloads.annual_reports.canary_suite import load_canary_suite
from watchkeeper.workloads.annual_reports.samples.association import invent
from watchkeeper.workloads.annual_reports.samples.book import stated

SEEDS = {
    "sample_101_classic.pdf": (101, "classic"),
    "sample_205_sums_only.pdf": (205, "sums_only"),
    "sample_309_parentheses.pdf": (309, "parentheses"),
}


def truth() -> dict[str, dict[str, object]]:
    return {name: stated(seed, style) for name, (seed, style) in SEEDS.items()}


def test_the_true_answers_are_green() -> None:
    checked = check_suite(load_canary_suite().checks, truth())
    assert len(checked) == 18
    assert {one.verdict for one in checked} == {Verdict.PASS}


@pytest.mark.parametrize(
    "check", load_canary_suite().checks, ids=lambda check: f"{check.document}-{check.field}"
)
def test_every_value_shifted_or_blanked_turns_red(check) -> None:  # type: ignore[no-untyped-def]
    answers = truth()
    right = answers[check.document][check.field]
    shifted = right * 1.01 if isinstance(right, int) else f"{right} "[1:]
    for wrong in (shifted, None, ""):
        answers[check.document] = {**answers[check.document], check.field: wrong}
        red = [one.check for one in check_suite((check,), answers) if one.verdict is not Verdict.PASS]
        assert red == [check]


def test_the_prior_years_column_turns_every_amount_red() -> None:
    suite = load_canary_suite()
    for name, (seed, _) in SEEDS.items():
        before = invent(seed).before
        prior = {
            "assets": before.assets,
            "cash": before.cash,
            "total_debt": before.long_debt + before.short_debt,
        }
        checks = [check for check in suite.checks if check.document == name and check.type == "number"]
        assert {one.verdict for one in check_suite(checks, {name: prior})} == {Verdict.FAIL}


def test_a_suite_with_problems_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("suite: x\ndocuments: [{document: a.pdf, checks: []}]\n")
    with pytest.raises(InvalidInputError, match=r"broken\.yaml"):
        load_canary_suite(path)
