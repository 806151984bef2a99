"""What every page has around it: the bar to the other pages, headings, and how a failure is told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape

from nicegui import ui

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web.code_spans import told_html
from watchkeeper.web.style import CSS
from watchkeeper.web.style_telemetry import CSS as TELEMETRY_CSS

PLACES: Mapping[str, str] = {
    "/": "Overview",
    "/alerts": "Alerts",
    "/oncall": "On call",
    "/slos": "SLOs",
    "/components": "Components",
    "/drift": "Drift",
    "/runs": "Runs",
    "/documents": "Documents",
    "/twins": "Twins",
    "/calls": "Calls",
    "/queries": "Queries",
    "/series": "Metrics",
    "/costs": "Costs",
    "/receipts": "Receipts",
    "/budgets": "Budgets",
    "/gateway": "Gateway",
    "/releases": "Releases",
    "/coaching": "Coaching",
    "/evaluation": "Evaluation",
}
"""The pages the bar leads to."""


PATIENCE_S = 60.0
"""How long a visitor waits for a page whose questions take long, such as a month's on a busy machine."""
RETRY_S = 2.0
"""How long a page waits before it asks again what could not be answered."""


@contextmanager
def page_frame(title: str, *, at: str) -> Iterator[None]:
    """The frame of a page; what is made inside stands in its middle.

    Args:
        title: What the browser's tab says.
        at: Which of `PLACES` the page belongs to.
    """
    ui.page_title(f"{title} · Watchkeeper")
    ui.add_css(CSS + TELEMETRY_CSS)
    ui.html(_bar(at), sanitize=False)
    with ui.element("main").classes("wk-page"):
        yield


def heading(text: str) -> None:
    """What the page is about."""
    ui.html(f'<h1 class="wk">{escape(text)}</h1>', sanitize=False)


def section(text: str, note: str = "") -> None:
    """The head of a part of a page."""
    ui.html(f'<h2 class="wk">{escape(text)} <span class="wk-note">{escape(note)}</span></h2>', sanitize=False)


def trail(*steps: tuple[str, str | None]) -> None:
    """Where the page stands: texts, those with an address leading back."""
    parts = (
        f'<a href="{escape(address)}">{escape(text)}</a>' if address is not None else escape(text)
        for text, address in steps
    )
    ui.html(f'<nav class="wk-trail" aria-label="trail">{" › ".join(parts)}</nav>', sanitize=False)


def tabs(choices: Sequence[tuple[str, str, bool]], *, mark: str) -> None:
    """Ways to look at the same: text, address, and whether it is the one shown."""
    links = "".join(
        f'<a href="{escape(address)}"{" aria-current=page" if shown else ""}>{escape(text)}</a>'
        for text, address, shown in choices
    )
    ui.html(f'<nav class="wk-tabs" aria-label="filter">{links}</nav>', sanitize=False).props(f'id="{mark}"')


def tell(message: str, action: object = None, *, mild: bool = False) -> None:
    """Say what is wrong and what to do about it."""
    do = "" if action is None else f"<div>What to do: {told_html(str(action))}</div>"
    css, sign = ("wk-watch", "▲") if mild else ("wk-intervene", "✕")
    text = f'<div class="{css} wk-strong">{sign} {told_html(message)}</div>{do}'
    ui.html(text, sanitize=False).classes(f"wk-telling {'wk-mild' if mild else ''}").props('role="alert"')


def tell_failure(error: WatchkeeperError) -> None:
    """Say why the API gave nothing; what can pass is tried again, such as a server that is starting."""
    tell(error.message, error.action)
    if error.retryable:
        ui.label(f"this page tries again every {RETRY_S:g} s").classes("wk-note")
        ui.timer(RETRY_S, ui.navigate.reload, once=True)


def _bar(at: str) -> str:
    links = "".join(
        f'<a href="{address}"{" aria-current=page" if address == at else ""}>{name}</a>'
        for address, name in PLACES.items()
    )
    return f'<nav class="wk-top" aria-label="pages"><a class="wk-brand" href="/">Watchkeeper</a>{links}</nav>'
