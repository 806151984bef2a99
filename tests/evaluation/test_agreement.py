"""Where readers agree and differ."""

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.evaluation.agreement import Agreement, agreement_rate, compare_readers


def test_each_value_stands_under_the_reader_that_gave_it() -> None:
    rows = compare_readers({"layout": {"cash": 1}, "flow": {"cash": 2}})
    assert [(row.field, dict(row.values), row.verdict) for row in rows] == [
        ("cash", {"layout": 1, "flow": 2}, Agreement.DIFFER)
    ]


def test_the_order_of_readers_changes_no_label() -> None:
    swapped = compare_readers({"flow": {"cash": 2}, "layout": {"cash": 1}})
    assert dict(swapped[0].values) == {"layout": 1, "flow": 2}


def test_a_field_only_one_reader_found_is_listed_as_missing_from_the_other() -> None:
    rows = compare_readers({"layout": {"assets": 5}, "flow": {"cash": 7}})
    assert {row.field: row.verdict for row in rows} == {
        "assets": Agreement.MISSING,
        "cash": Agreement.MISSING,
    }


def test_any_number_of_readers_is_compared() -> None:
    three = compare_readers({"layout": {"cash": 100}, "flow": {"cash": "100"}, "vision": {"cash": 130}})
    assert three[0].verdict is Agreement.DIFFER
    one = compare_readers({"layout": {"cash": 100}})
    assert agreement_rate(one) is None


def test_grouped_digits_are_no_disagreement() -> None:
    rows = compare_readers({"layout": {"assets": "301,339,818"}, "flow": {"assets": "301 339 818"}})
    assert rows[0].verdict is Agreement.AGREE


def test_no_fields_give_no_rate_rather_than_zero_or_one() -> None:
    assert agreement_rate(compare_readers({"layout": {}, "flow": {}})) is None


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 10**9)), st.sets(st.sampled_from("abcdef")))
def test_every_planted_disagreement_is_found_and_nothing_else(
    truth: dict[str, int], planted: set[str]
) -> None:
    other = {field: value * 2 if field in planted else value for field, value in truth.items()}
    rows = compare_readers({"layout": truth, "flow": other})
    assert {row.field for row in rows if row.verdict is not Agreement.AGREE} == planted & truth.keys()
