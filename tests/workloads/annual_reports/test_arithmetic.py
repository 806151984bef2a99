"""Sums raise, lower, correct and derive."""

from watchkeeper.workloads.annual_reports.arithmetic import check_sums
from watchkeeper.workloads.annual_reports.consensus import Decision, Verdict, decide
from watchkeeper.workloads.annual_reports.reading import FieldReading

SOUND = {
    "assets": 1_000_000,
    "equity": 600_000,
    "total_debt": 400_000,
    "long_term_debt": 300_000,
    "short_term_debt": 100_000,
}


def decided(layout: dict[str, int], flow: dict[str, int], confidence: float = 0.8) -> dict[str, Decision]:
    def said(field: str) -> dict[str, FieldReading]:
        return {
            name: FieldReading(
                value=values[field], page=3, confidence=confidence, printed="", box=None, rule=""
            )
            for name, values in (("layout", layout), ("flow", flow))
            if field in values
        }

    return {field: decide(field, said(field), readers=2) for field in SOUND}


def values(found: dict[str, Decision]) -> dict[str, object]:
    return {field: decision.value for field, decision in found.items()}


def test_sums_that_hold_make_every_term_nearly_certain() -> None:
    found, checks = check_sums(decided(SOUND, {}))
    assert [check.holds for check in checks] == [True, True]
    assert all(decision.confidence == 0.98 for decision in found.values())


def test_a_reader_on_the_prior_year_column_is_corrected_by_the_sums() -> None:
    prior = {**SOUND, "assets": 990_000}
    found, _ = check_sums(decided({**SOUND}, prior))
    assert values(found) == SOUND
    surer_prior = decided({"assets": 1_000_000}, {"assets": 990_000})["assets"]
    before = decided(SOUND, prior)
    before["assets"] = decide(
        "assets",
        {
            "layout": surer_prior.readings["layout"],
            "flow": FieldReading(value=990_000, page=3, confidence=0.99, printed="", box=None, rule=""),
        },
        readers=2,
    )
    assert before["assets"].value == 990_000
    corrected, _ = check_sums(before)
    assert corrected["assets"].value == 1_000_000
    assert corrected["assets"].verdict is Verdict.CORRECTED
    assert "makes the sums hold" in corrected["assets"].why


def test_sums_that_fail_lower_confidence_and_keep_the_values() -> None:
    wrong = {**SOUND, "assets": 2_000_000}
    found, checks = check_sums(decided(wrong, wrong))
    assert found["assets"].value == 2_000_000
    before = decided(wrong, wrong)["assets"].confidence
    assert found["assets"].confidence is not None and before is not None
    assert found["assets"].confidence < before
    assert checks[0].difference == 1_000_000
    assert "is off by 1,000,000" in found["assets"].why


def test_a_total_debt_nobody_printed_is_the_sum_of_its_parts() -> None:
    found, _ = check_sums(decided({k: v for k, v in SOUND.items() if k != "total_debt"}, {}))
    assert (found["total_debt"].value, found["total_debt"].verdict) == (400_000, Verdict.DERIVED)


def test_one_part_alone_is_the_total_only_when_it_balances_the_books() -> None:
    short_only = {"assets": 1_000_000, "equity": 900_000, "short_term_debt": 100_000}
    found, _ = check_sums(decided(short_only, {}))
    assert found["total_debt"].value == 100_000
    assert found["long_term_debt"].value is None
    unbalanced, _ = check_sums(decided({**short_only, "equity": 500_000}, {}))
    assert unbalanced["total_debt"].value is None


def test_a_missing_term_leaves_the_sum_unchecked() -> None:
    found, checks = check_sums(decided({"assets": 5_000_000}, {}))
    assert [check.holds for check in checks] == [None, None]
    assert found["assets"].value == 5_000_000


def test_rounding_by_a_krona_is_no_failure_and_thousands_may_round_more() -> None:
    _, checks = check_sums(decided({**SOUND, "equity": 600_001}, {}))
    assert checks[0].holds is True
    tkr = {"assets": 129_242_000, "equity": 119_160_000, "short_term_debt": 10_083_000, "long_term_debt": 0}
    _, checks = check_sums(decided({**tkr, "total_debt": 10_083_000}, {}))
    assert checks[0].holds is True


def test_nothing_found_checks_nothing() -> None:
    found, checks = check_sums(decided({}, {}))
    assert all(decision.value is None for decision in found.values())
    assert [check.holds for check in checks] == [None, None]
