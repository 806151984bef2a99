"""The time a page is about: the last hours or days, or from one local time to another (HE-58)."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from watchkeeper.web.field_value import fitting

RANGES: Mapping[str, str] = {
    "1h": "last hour",
    "6h": "last 6 hours",
    "24h": "last 24 hours",
    "7d": "last 7 days",
    "30d": "last 30 days",
}
"""What can be chosen, by how the API writes it."""
_LOCAL = "datetime-local"
CUSTOM = "custom"
USUAL = "24h"
_ZONES = ("UTC", "Europe/Stockholm", "Europe/London", "America/New_York", "Asia/Tokyo")
"""Offered to the timezone's field, which takes any."""
_CHOSEN = (
    "const own = this.form.querySelector('#custom');"
    f"if (this.value === '{CUSTOM}') {{ own.hidden = false; own.querySelector('input').focus(); }}"
    " else { own.hidden = true; this.form.requestSubmit(); }"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChoice:
    """What the address says of the time; the API tells what is wrong with it."""

    range: str
    """One of `RANGES`, or `custom`."""
    begins: str
    """A local time such as `2026-11-28T09:00`; of a custom time only."""
    ends: str
    """The same; empty is now."""
    timezone: str
    home: str
    """The installation's timezone: what `timezone` is when the address does not say."""
    usual: str
    """What `range` is when the address does not say."""

    def asked(self) -> dict[str, str | None]:
        """What the API is asked for."""
        if self.range == CUSTOM:
            return {
                "since": self.begins or None,
                "until": self.ends or None,
                "timezone": self.timezone,
            }
        return {"since": f"-{self.range}", "timezone": self.timezone}

    def query(self) -> dict[str, str | None]:
        """What the address says of it; what is usual is left out."""
        own = self.range == CUSTOM
        return {
            "range": None if self.range == self.usual else self.range,
            "from": self.begins if own else None,
            "to": self.ends if own else None,
            "tz": None if self.timezone == self.home else self.timezone,
        }

    def fields_html(self) -> str:
        """The fields of a form, every text escaped; a choice other than a custom time acts at once."""
        options = "".join(
            f'<option value="{one}"{" selected" if one == self.range else ""}>{text}</option>'
            for one, text in (*RANGES.items(), (CUSTOM, "from … to …"))
        )
        zones = "".join(f'<option value="{one}">' for one in sorted({*_ZONES, self.home}))
        hidden = "" if self.range == CUSTOM else " hidden"
        return (
            f'<label>time <select name="range" id="range" onchange="{escape(_CHOSEN)}">{options}</select>'
            "</label>"
            f'<fieldset id="custom"{hidden}>{_instant("from", self.begins)}{_instant("to", self.ends)}'
            '<label>timezone <input type="text" name="tz" id="tz" list="zones" '
            f'value="{escape(self.timezone)}"></label>'
            f'<datalist id="zones">{zones}</datalist></fieldset>'
        )


def _instant(name: str, value: str) -> str:
    return (
        f'<label>{name} <input type="{_LOCAL}" name="{name}" id="{name}" '
        f'value="{escape(fitting(_LOCAL, value))}"></label>'
    )


def time_choice(query: Mapping[str, str], home: str, *, usual: str = USUAL) -> TimeChoice:
    """What an address asks for; a word that is none of `RANGES` is as usual.

    >>> time_choice({"range": "7d"}, "UTC").asked()
    {'since': '-7d', 'timezone': 'UTC'}
    >>> time_choice({"range": "custom", "from": "2026-11-28T09:00"}, "UTC").asked()
    {'since': '2026-11-28T09:00', 'until': None, 'timezone': 'UTC'}
    """
    word = query.get("range", usual)
    known = word in RANGES or word == CUSTOM
    return TimeChoice(
        range=word if known else usual,
        begins=query.get("from", ""),
        ends=query.get("to", ""),
        timezone=query.get("tz") or home,
        home=home,
        usual=usual,
    )
