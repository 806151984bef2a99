"""The chosen field in full: why this value, and what each reader saw on which page."""

from html import escape

from watchkeeper.web import printed, words
from watchkeeper.web.report_view import ReportField, ReportView
from watchkeeper.web.tables import Cell, Column, Row, said, table_html

_COLUMNS = (
    Column("reader"),
    Column("value"),
    Column("printed as"),
    Column("page", number=True),
    Column("sure", number=True),
    Column("how it was found"),
)


def field_detail(report: ReportView, one: ReportField | None) -> str:
    """The field as HTML; without one, how to choose one."""
    if one is None:
        return '<div class="wk-note">choose a field to see where it stands and why it is believed</div>'
    twins = words.twins(one.verdict)
    rows = [_reader(one, reader) for reader in report.readers]
    return (
        f'<div><span class="wk-strong">{escape(one.name)}</span> = {escape(printed.value(one.value))} '
        f'<span class="{twins.css}">{escape(twins.text)}</span></div>'
        f'<div class="wk-note">{escape(one.why)}{escape(_place_note(one))}</div>'
        f"{table_html(_COLUMNS, rows, empty='no reader')}"
    )


def _reader(one: ReportField, reader: str) -> Row:
    reading = one.readings.get(reader)
    value = one.values.get(reader)
    if reading is None:
        seen = (Cell(""), Cell(""), Cell(""), Cell(""))
    else:
        seen = (
            Cell(reading["printed"]),
            Cell(str(reading["page"])),
            said(words.confidence(reading["confidence"])),
            Cell(reading["rule"], css="wk-none"),
        )
    told = Cell("not found", css="wk-none") if value is None else Cell(printed.value(value), css="wk-strong")
    return Row((Cell(reader), told, *seen))


def _place_note(one: ReportField) -> str:
    if one.places or one.first_page is None:
        return ""
    return f"; no reader told its place on page {one.first_page}, so it is not marked there"
