"""Addresses of pages and of what the API gives them; any name stands in them, also one with `/` or `#`."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlencode


def part(name: str) -> str:
    """One part of a path.

    >>> part("Brf Ån #2/3.pdf")
    'Brf%20%C3%85n%20%232%2F3.pdf'
    """
    return quote(name, safe="")


def with_query(path: str, **query: str | int | Sequence[str] | None) -> str:
    """An address with what is given after the `?`; what is None or empty is left out.

    >>> with_query("/receipts", run="RUN_1767225600", document=None)
    '/receipts?run=RUN_1767225600'
    """
    given = {name: value for name, value in query.items() if value is not None and value not in ("", [], ())}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def run(run_id: str) -> str:
    """A run's page, and its resource of the API."""
    return f"/runs/{part(run_id)}"


def document(run_id: str, name: str) -> str:
    """A document's page, and its resource of the API.

    >>> document("RUN_1767225600", "a b.pdf")
    '/runs/RUN_1767225600/documents/a%20b.pdf'
    """
    return f"{run(run_id)}/documents/{part(name)}"


def receipts(*, run_id: str | None = None, document: str | None = None) -> str:
    """The receipts of a run, of a document of it, or all."""
    return with_query("/receipts", run=run_id, document=document)


def trace(trace_id: str, *, step: str | None = None) -> str:
    """A trace's page with one of its steps chosen; without one also its resource of the API."""
    return with_query(f"/traces/{part(trace_id)}", step=step)


def call(trace_id: str, span_id: str) -> str:
    """A call's page, and its resource of the API."""
    return f"/calls/{part(trace_id)}/{part(span_id)}"


def link_html(text: str, address: str | None) -> str:
    """A text that leads somewhere, as HTML, escaped.

    >>> link_html("a<b", "/x?y=1&z=2"), link_html("a", None)
    ('<a href="/x?y=1&amp;z=2">a&lt;b</a>', 'a')
    """
    return escape(text) if address is None else f'<a href="{escape(address)}">{escape(text)}</a>'
