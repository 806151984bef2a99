"""Asking again: by itself every 30 seconds, with a switch to see and turn off, and by hand (HE-56, HE-58)."""

from collections.abc import Callable
from html import escape
from inspect import isawaitable

from nicegui import ui

REFRESH_S = 30
"""How often a page asks again by itself."""
LONGEST_S = 3600
OFF = "off"
PARAMETER = "refresh"
"""The address's word for it: absent is every 30 seconds, `off`, or another number of seconds."""


class Refreshing:
    """The switch and the button; what they stand at is in the page's address."""

    def __init__(self, word: str, refresh: Callable[[], object], address: Callable[[str], str]) -> None:
        """Nothing is on the page until `build`.

        Args:
            word: What the address says of it.
            refresh: Asks the API again and shows the answer.
            address: The address of the page with another word.
        """
        self._every_s = seconds(word) or REFRESH_S
        self._on = seconds(word) is not None
        self._refresh = refresh
        self._address = address

    def build(self) -> None:
        """Put both on the page, and begin."""
        with ui.element("div").classes("wk-bar").props('role="group" aria-label="refresh"'):
            now = ui.element("button").classes("wk-button").props('type="button" id="refresh-now"')
            with now.on("click", self.again):
                ui.html("↻ refresh", sanitize=False, tag="span")
            self._switch = ui.element("button").classes("wk-button")
            self._switch.props('type="button" role="switch" id="auto-refresh"').on("click", self._toggle)
            with self._switch:
                self._said = ui.html(sanitize=False, tag="span")
            ui.html(sanitize=False, tag="span").classes("wk-note").props('id="as-of" aria-live="off"')
        self._timer = ui.timer(self._every_s, self.again, active=self._on, immediate=False)
        self._show()
        _stamp()

    async def again(self) -> None:
        """Ask once more."""
        asked = self._refresh()
        if isawaitable(asked):
            await asked
        _stamp()

    @property
    def word(self) -> str:
        """What the address says of it; nothing for what is usual."""
        if not self._on:
            return OFF
        return "" if self._every_s == REFRESH_S else str(self._every_s)

    def _toggle(self) -> None:
        self._on = not self._on
        self._timer.active = self._on
        self._show()
        ui.navigate.history.replace(self._address(self.word))
        ui.run_javascript(
            f"for (const one of document.querySelectorAll('input[name={PARAMETER}]'))"
            f" one.value = '{self.word}';"
        )

    def _show(self) -> None:
        state = f"● on, every {self._every_s} s" if self._on else "○ off"
        self._said.set_content(escape(f"auto-refresh: {state}"))
        self._switch.props(f'aria-checked="{"true" if self._on else "false"}"')


def seconds(word: str) -> int | None:
    """How often the address asks for; None is never, and what is no number is as usual.

    >>> seconds(""), seconds("5"), seconds("off"), seconds("soon"), seconds("0")
    (30, 5, None, 30, 30)
    """
    if word == OFF:
        return None
    if word.isascii() and word.isdigit() and len(word) <= len(str(LONGEST_S)):
        return int(word) if 0 < int(word) <= LONGEST_S else REFRESH_S
    return REFRESH_S


def _stamp() -> None:
    """Say when it was asked, by the visitor's own clock."""
    ui.run_javascript(
        "{const at = document.getElementById('as-of');"
        " if (at) at.textContent = 'as of ' + new Date().toLocaleTimeString('sv-SE');}"
    )
