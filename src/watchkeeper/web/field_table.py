"""A document's fields: what was decided, and what each twin said, side by side."""

from collections.abc import Callable

from watchkeeper.web import printed, words
from watchkeeper.web.report_view import ReportField, ReportView
from watchkeeper.web.tables import Cell, Column, Row, said, table_html

LONGEST = 110
"""Characters of a value in the table; the chosen field's stands in full below it."""

AddressOf = Callable[[str], str]
"""The address that shows a field."""


def field_table(
    report: ReportView, *, chosen: str | None, only_differences: bool, address_of: AddressOf
) -> str:
    """The fields as HTML, each row named by its field.

    Args:
        report: The document.
        chosen: The field that stands out.
        only_differences: Leave out what the readers agree on, and what none found.
        address_of: The address that shows a field.
    """
    columns = (
        Column("field"),
        Column("value"),
        Column("page", number=True),
        Column("sure", number=True),
        *(Column(reader) for reader in report.readers),
        Column("twins"),
    )
    shown = listed_fields(report, only_differences=only_differences)
    rows = [_row(report, one, is_chosen=one.name == chosen, address=address_of(one.name)) for one in shown]
    none = "the readers differ on no field" if report.fields else "no field was read: no data"
    return table_html(columns, rows, empty=none)


def listed_fields(report: ReportView, *, only_differences: bool) -> tuple[ReportField, ...]:
    """The fields the table has rows for, in their order."""
    return tuple(one for one in report.fields.values() if one.is_difference or not only_differences)


def _row(report: ReportView, one: ReportField, *, is_chosen: bool, address: str) -> Row:
    css = f"wk-{one.verdict}" if one.is_difference else ""
    return Row(
        (
            Cell(one.name, link=address),
            _value(one.value, "wk-none" if one.value is None else "wk-strong"),
            Cell("" if one.page is None else str(one.page)),
            said(words.confidence(one.confidence), more=one.why),
            *(_said_by(one, reader) for reader in report.readers),
            said(words.twins(one.verdict)),
        ),
        css=f"{css} wk-chosen" if is_chosen else css,
        field=one.name,
    )


def _said_by(one: ReportField, reader: str) -> Cell:
    value = one.values.get(reader)
    if value is None:
        return Cell("not found", css="wk-none wk-word")
    return _value(value, "wk-strong" if one.verdict == "differ" else "wk-none")


def _value(value: object, css: str) -> Cell:
    text = printed.value(value)
    if len(text) <= LONGEST:
        return Cell(text, css=css)
    return Cell(f"{text[: LONGEST - 1]}…", css=css, more=text)
