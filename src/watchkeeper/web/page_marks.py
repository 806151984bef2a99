"""A page's picture with the places of values marked on it."""

from collections.abc import Iterable
from html import escape

from watchkeeper.app.client import API_PREFIX
from watchkeeper.web import printed
from watchkeeper.web.addresses import part, with_query
from watchkeeper.web.report_view import Place, ReportField, ReportView

SCALE = "1.5"
"""Pixels a point of the picture that is asked for."""
_MARGIN = 2.0
"""Points between a value and the line around it."""


def page_html(report: ReportView, number: int, *, size: tuple[float, float], chosen: str | None) -> str:
    """The page as HTML: its picture, and over it a mark for each value, drawn in points.

    Args:
        report: The document.
        number: 1-based page.
        size: The page's width and height in points.
        chosen: The field that stands out.
    """
    width, height = size
    source = with_query(
        f"{API_PREFIX}/documents/{part(report.workload)}/{part(report.sha256 or '')}/pages/{number}.png",
        scale=SCALE,
    )
    about = f"page {number} of {report.name}"
    return (
        f'<div class="wk-paper" style="aspect-ratio:{width:.2f}/{height:.2f}">'
        f'<img src="{escape(source)}" alt="{escape(about)}">'
        f'<svg viewBox="0 0 {width:.2f} {height:.2f}" preserveAspectRatio="none">'
        f"{marks_svg(report.fields.values(), number, chosen=chosen)}</svg></div>"
    )


def marks_svg(fields: Iterable[ReportField], number: int, *, chosen: str | None) -> str:
    """A rectangle for each place on the page: small ones above large ones, the chosen field's above all."""
    seen = [(one, place) for one in fields for place in one.places if place.page == number]
    return "".join(
        _mark(one, place, is_chosen=one.name == chosen)
        for one, place in sorted(seen, key=lambda pair: (pair[0].name == chosen, -_area(pair[1])))
    )


def _area(place: Place) -> float:
    return (place.x1 - place.x0) * (place.bottom - place.top)


def _mark(one: ReportField, place: Place, *, is_chosen: bool) -> str:
    css = "wk-mark"
    if is_chosen:
        css += " wk-mark-chosen"
    elif one.verdict == "differ":
        css += " wk-mark-differ"
    told = f"{one.name}: {printed.value(one.values.get(place.reader))} ({place.reader})"
    return (
        f'<rect class="{css}" data-field="{escape(one.name)}" data-reader="{escape(place.reader)}" rx="1.5" '
        f'x="{place.x0 - _MARGIN:.2f}" y="{place.top - _MARGIN:.2f}" '
        f'width="{place.x1 - place.x0 + 2 * _MARGIN:.2f}" '
        f'height="{place.bottom - place.top + 2 * _MARGIN:.2f}"><title>{escape(told)}</title></rect>'
    )
