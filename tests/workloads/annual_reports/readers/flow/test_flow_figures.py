"""Runs of digit groups cut into figures, and the columns they belong to."""

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.workloads.annual_reports.readers.flow.columns import headers_of
from watchkeeper.workloads.annual_reports.readers.flow.figures import RunContext, number_token, splits

NOTES = frozenset({"ref"})
amounts = st.integers(min_value=-9_999_999_999, max_value=9_999_999_999)


def printed(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def cut(text: str, context: RunContext) -> list[tuple[int | None, tuple[int, ...]]]:
    tokens = tuple(token for word in text.split() if (token := number_token(word, 0)) is not None)
    return [(option.note, option.amounts) for option in splits(tokens, context, limit=999)]


@given(current=amounts, prior=amounts)
def test_what_was_printed_is_always_among_the_cuts(current: int, prior: int) -> None:
    found = cut(f"{printed(current)} {printed(prior)}", RunContext(2, False, 0, False))
    assert (None, (current, prior)) in found


@given(value=st.integers(min_value=1000, max_value=999_999_999), note=st.integers(min_value=1, max_value=60))
def test_a_note_number_before_two_like_amounts_is_among_the_cuts(value: int, note: int) -> None:
    found = cut(f"{note} {printed(value)} {printed(value)}", RunContext(2, True, 0, False))
    assert (note, (value, value)) in found


@given(value=st.integers(min_value=1, max_value=9_999_999_999))
def test_two_equal_amounts_are_cut_in_the_middle(value: int) -> None:
    assert cut(f"{printed(value)} {printed(value)}", RunContext(2, False, 0, True))[0] == (
        None,
        (value, value),
    )


def test_headers_are_found_on_one_line_and_stacked() -> None:
    lines = ["Income Ref", "1", "2023-01-01", "-2023-12-31", "2022-01-01", "-2022-12-31", "Hay 2 1"]
    (header,) = headers_of(lines, NOTES)
    assert (header.years, header.noted, header.line) == ((2023, 2022), True, 5)
    (header,) = headers_of(["1 juli - 30 juni Ref 2022 - 2023 2021 - 2022"], NOTES)
    assert (header.years, header.noted) == ((2023, 2022), True)
    (header,) = headers_of(["Overview 2023 2022 2021 2020"], NOTES)
    assert header.years == (2023, 2022, 2021, 2020)


def test_a_sentence_that_ends_in_a_year_is_no_header() -> None:
    assert headers_of(["The plan runs from 2018 to 2043", "and was made in 2018"], NOTES) == []
