"""Canary checks are strict, and not finding a value is a verdict of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.evaluation.canaries import CanaryCheck, Verdict, all_green, check_canary, check_suite

# The six published values of the source's canary report (GF-53); they stand in tests only.
PUBLISHED = (
    CanaryCheck(document="sjostaden", field="assets", type="number", expected=301_339_818),
    CanaryCheck(document="sjostaden", field="total_debt", type="number", expected=99_538_124),
    CanaryCheck(document="sjostaden", field="cash", type="number", expected=7_335_586),
    CanaryCheck(document="sjostaden", field="org_no", type="text", expected="769606-2533"),
    CanaryCheck(document="sjostaden", field="chairman", type="text", expected="Rolf Johansson"),
    CanaryCheck(document="sjostaden", field="auditor", type="text", expected="Katarina Nyberg"),
)
TRUE_ANSWERS = {
    "assets": 301_339_818,
    "total_debt": 99_538_124,
    "cash": 7_335_586,
    "org_no": "769606-2533",
    "chairman": "rolf johansson",
    "auditor": "Katarina Nyberg",
}


def verdicts(answers: dict[str, object]) -> list[Verdict]:
    return [one.verdict for one in check_suite(PUBLISHED, {"sjostaden": answers})]


def test_the_published_values_pass() -> None:
    assert verdicts(dict(TRUE_ANSWERS)) == [Verdict.PASS] * 6


@pytest.mark.parametrize("field", ["assets", "total_debt", "cash"])
@pytest.mark.parametrize(
    ("factor", "verdict"), [(1.0099, Verdict.PASS), (1.01, Verdict.FAIL), (0.99, Verdict.FAIL)]
)
def test_a_shift_of_exactly_one_percent_turns_a_number_red(
    field: str, factor: float, verdict: Verdict
) -> None:
    expected = 100_000_000
    check = CanaryCheck(document="d", field=field, type="number", expected=expected)
    assert check_canary(check, round(expected * factor)).verdict is verdict


@pytest.mark.parametrize("field", TRUE_ANSWERS)
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_blank_answer_is_missing_and_never_a_pass(field: str, blank: object) -> None:
    answers = {**TRUE_ANSWERS, field: blank}
    checked = check_suite(PUBLISHED, {"sjostaden": answers})
    assert {one.check.field for one in checked if one.verdict is Verdict.MISSING} == {field}
    assert not all_green(checked)


@pytest.mark.parametrize("part", ["Rolf", "Rolf Johansson Ek", "Johansson", "R"])
def test_neither_a_part_of_a_name_nor_a_longer_one_passes(part: str) -> None:
    check = CanaryCheck(document="d", field="chairman", type="text", expected="Rolf Johansson")
    assert check_canary(check, part).verdict is Verdict.FAIL


def test_a_document_that_could_not_be_read_is_not_a_pass_and_not_a_fail() -> None:
    checked = check_suite(PUBLISHED, {}, not_run={"sjostaden": "the file is damaged"})
    assert {one.verdict for one in checked} == {Verdict.COULD_NOT_RUN}
    assert checked[0].reason == "the file is damaged"
    assert not all_green(checked)


def test_an_empty_suite_is_not_green() -> None:
    assert not all_green(())


def test_text_for_a_number_is_a_failure_not_a_crash() -> None:
    check = CanaryCheck(document="d", field="assets", type="number", expected=5)
    assert check_canary(check, "about five").verdict is Verdict.FAIL


@given(st.integers(10_000, 10**10), st.floats(0.0101, 5))
def test_every_shift_above_one_percent_is_caught(expected: int, shift: float) -> None:
    check = CanaryCheck(document="d", field="assets", type="number", expected=expected)
    assert check_canary(check, expected * (1 + shift)).verdict is Verdict.FAIL
    assert check_canary(check, expected * (1 - shift)).verdict is Verdict.FAIL
