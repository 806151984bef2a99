"""Cards with one figure each, side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from nicegui import ui

from watchkeeper.web.code_spans import told_html
from watchkeeper.web.printed import NO_DATA
from watchkeeper.web.words import Said

_WORDS_FROM = 12
"""Characters from which a figure is printed smaller: it is rather a sentence."""


@contextmanager
def card_row(mark: str) -> Iterator[None]:
    """A row of cards."""
    with ui.element("div").classes("wk-row").props(f'id="{mark}"'):
        yield


def figure_card(label: str, figure: str | None, *, word: Said | None = None, note: str = "") -> None:
    """A card with one figure; None stands as "no data".

    Args:
        label: What the figure is.
        figure: As printed.
        word: What it means to an operator; it colours the figure, also when it has no text of its own.
        note: What else to know, or what to do to get a figure.
    """
    css = "wk-none" if figure is None else word.css if word is not None else ""
    shown = NO_DATA if figure is None else figure
    small = "wk-words" if len(shown) >= _WORDS_FROM else ""
    meaning = (
        "" if figure is None or word is None else f'<span class="{word.css}">{escape(word.text)}</span> '
    )
    ui.html(
        f'<div class="wk-label">{escape(label)}</div>'
        f'<div class="wk-figure {css} {small}">{escape(shown)}</div>'
        f'<div class="wk-label">{meaning}{told_html(note)}</div>',
        sanitize=False,
    ).classes("wk-card")
