"""A page's controls as one plain form: what is chosen stands in the address, so a view can be shared."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from nicegui import ui

from watchkeeper.web.field_value import fitting
from watchkeeper.web.time_choice import TimeChoice

_LEAN = "for (const one of this.elements) if (one.name && !one.value) one.disabled = true"
"""Keeps what is not filled in out of the address."""
_FOLD_ON_TELEPHONES = (
    "if (window.innerWidth <= 600) document.getElementById('filters')?.removeAttribute('open')"
)
_AT_ONCE = "this.form.requestSubmit()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to choose or to write."""

    name: str
    """The address's word for it."""
    label: str
    kind: str = "text"
    """As HTML writes a field's type; `select` offers `choices`, and acts at once."""
    choices: Sequence[tuple[str, str]] = ()
    """Value and text."""
    hint: str = ""


class ControlForm:
    """The form of one page."""

    def __init__(
        self, path: str, fields: Sequence[Field], chosen: Mapping[str, str], *, time: TimeChoice | None
    ) -> None:
        """Nothing is on the page until `build`.

        Args:
            path: The page's address.
            fields: What can be chosen, in order.
            chosen: What the address says, by the name of the field; other names in it are kept.
            time: The time the page is about; None where it is about none.
        """
        self._path = path
        self._fields = fields
        self._chosen = chosen
        self._time = time

    def build(self, *, kept: Sequence[str] = ("refresh",)) -> None:
        """Put it on the page.

        Args:
            kept: Words of the address that no field shows and that stay as they are.
        """
        time = "" if self._time is None else self._time.fields_html()
        fields = "".join(self._field(one) for one in self._fields)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(self._chosen.get(name, ""))}">'
            for name in kept
        )
        ui.html(
            f'<form class="wk" id="controls" action="{escape(self._path)}" role="search" '
            f'aria-label="what is shown" onsubmit="{escape(_LEAN)}">{time}{hidden}'
            f'<details class="wk-filters" id="filters" open><summary>filters{self._set()}</summary>'
            f'<div>{fields}<button class="wk-button" type="submit">show</button> '
            f'<a href="{escape(self._path)}">clear</a></div></details></form>',
            sanitize=False,
        ).classes("wk-controls")
        ui.run_javascript(_FOLD_ON_TELEPHONES)

    def _set(self) -> str:
        """How many are set: what a folded form hides."""
        count = sum(bool(self._chosen.get(field.name)) for field in self._fields)
        return f", {count} set" if count else ""

    def _field(self, field: Field) -> str:
        value = self._chosen.get(field.name, "")
        if field.kind == "select":
            known = [*field.choices]
            if value not in {one for one, _ in known}:
                known.append((value, value))
            options = "".join(
                f'<option value="{escape(one)}"{" selected" if one == value else ""}>{escape(text)}</option>'
                for one, text in known
            )
            inner = f'<select name="{field.name}" id="{field.name}" onchange="{_AT_ONCE}">{options}</select>'
        else:
            smallest = ' min="0" step="any"' if field.kind == "number" else ""
            inner = (
                f'<input type="{field.kind}" name="{field.name}" id="{field.name}" '
                f'value="{escape(fitting(field.kind, value))}" '
                f'placeholder="{escape(field.hint)}" list="of-{field.name}"{smallest}>'
                f'<datalist id="of-{field.name}"></datalist>'
            )
        return f"<label>{escape(field.label)} {inner}</label>"


def offer(name: str, values: Sequence[str]) -> None:
    """Offer values to a text field that stands on the page already."""
    options = "".join(f'<option value="{escape(one)}">' for one in values)
    ui.run_javascript(
        f"{{const at = document.getElementById('of-{name}'); if (at) at.innerHTML = {json.dumps(options)};}}"
    )
