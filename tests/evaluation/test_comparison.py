"""When two values are the same."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.evaluation.comparison import as_number, normal_name, same_value, within


@pytest.mark.parametrize(
    "printed", ["301 339 818", "301,339,818", "301.339.818", "301\u00a0339\u00a0818", 301339818]
)
def test_grouping_signs_do_not_make_numbers_differ(printed: object) -> None:
    assert same_value(printed, 301_339_818)


def test_a_difference_of_one_percent_fails_and_just_below_passes() -> None:
    assert within(100.99, 100)
    assert not within(101.00, 100)
    assert not within(99.00, 100)


def test_legal_forms_case_and_punctuation_do_not_make_names_differ() -> None:
    ignored = {"brf", "bostadsrättsföreningen", "ab"}
    assert same_value("Brf Solbacken", "Bostadsrättsföreningen SOLBACKEN", ignored=ignored)
    assert not same_value("Brf Solbacken", "Brf Solbacken 2", ignored=ignored)


def test_a_name_of_ignored_words_alone_keeps_them() -> None:
    assert normal_name("Brf", ignored={"brf"}) == "brf"


def test_nothing_is_the_same_as_no_value_but_no_value() -> None:
    assert same_value(None, None)
    assert not same_value(None, 0)
    assert not same_value("", None)


def test_a_part_of_a_name_is_another_name() -> None:
    assert not same_value("Anna", "Anna Ek")


def test_an_organisation_number_is_text() -> None:
    assert as_number("769606-2533") is None


@pytest.mark.parametrize("endless", [math.inf, -math.inf, 10**400, "1" * 400, Decimal("Infinity")])
def test_what_no_float_holds_is_the_same_as_itself_alone(endless: object) -> None:
    assert as_number(endless) is None
    assert same_value(endless, endless)
    assert not same_value(endless, 1.0) and not same_value(1.0, endless)
    assert not same_value(10**400, 10**400 + 1)


@given(st.integers(-(10**10), 10**10), st.integers(-(10**10), 10**10))
def test_sameness_does_not_depend_on_the_order(a: int, b: int) -> None:
    assert same_value(a, b) == same_value(b, a)


@given(st.integers(0, 10**10))
def test_a_number_is_read_back_from_its_grouped_print(n: int) -> None:
    assert as_number(f"{n:,}".replace(",", " ")) == n
