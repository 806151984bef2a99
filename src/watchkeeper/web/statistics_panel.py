"""A panel of figures by name; what is not known is "no data"."""

from collections.abc import Sequence
from html import escape

from nicegui import ui

from watchkeeper.web.printed import NO_DATA


def statistics_panel(facts: Sequence[tuple[str, str | None]], *, mark: str) -> None:
    """The figures given, in their order."""
    shown = "".join(f"<div><dt>{escape(name)}</dt>{_told(text)}</div>" for name, text in facts)
    ui.html(f'<dl class="wk-facts">{shown}</dl>', sanitize=False).classes("wk-box wk-many").props(
        f'id="{mark}"'
    )


def _told(text: str | None) -> str:
    if text is None:
        return f'<dd class="wk-none">{NO_DATA}</dd>'
    return f'<dd class="wk-strong">{escape(text)}</dd>'
