"""What a person thinks of a call: a thumb, a comment, a correction; sent with the visitor's own rights."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from html import escape
from typing import Any

from nicegui import events, ui

from watchkeeper.app.client import API_PREFIX
from watchkeeper.web import printed
from watchkeeper.web.tables import Cell, Column, Row, table

_COLUMNS = (Column("when"), Column("rating"), Column("comment"), Column("correction"), Column("by"))
_THUMBS = {"thumbs_up": ("▲ good", "wk-good"), "thumbs_down": ("▼ bad", "wk-intervene")}
_SEND = """async (event) => {
  event.preventDefault();
  const form = event.target, told = document.getElementById('feedback-told');
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
  if (!given.rating && !given.comment && !given.correction) {
    told.textContent = 'choose a thumb, or write something'; return;
  }
  let answer;
  try {
    answer = await fetch(ADDRESS, {method: 'POST', headers: {'content-type': 'application/json'},
      body: JSON.stringify({...ABOUT, ...given})});
  } catch (failure) { told.textContent = '✕ not sent: the server does not answer'; return; }
  if (answer.ok) { form.reset(); told.textContent = '✓ kept'; emit('sent'); return; }
  const said = (await answer.json().catch(() => null))?.error;
  told.textContent = '✕ not kept: ' + (said?.message ?? answer.status) + '. ' + (said?.action ?? '');
}"""


def feedback_form(about: Mapping[str, str], sent: Callable[[], Awaitable[None]]) -> None:
    """The form on the page.

    The browser sends it, and not this server: so a key that only reads is refused as it is anywhere.

    Args:
        about: What it is about: the API's words for workload, trace and span.
        sent: What follows when it is kept.
    """
    thumbs = "".join(
        f'<label><input type="radio" name="rating" value="{rating}"> {escape(text)}</label>'
        for rating, (text, _) in _THUMBS.items()
    )
    form = ui.html(
        f'<fieldset><legend class="wk-label">rating</legend>{thumbs}</fieldset>'
        '<label class="wk-wide">comment <textarea name="comment" id="comment" rows="2"></textarea></label>'
        '<label class="wk-wide">what it should have answered <textarea name="correction" id="correction" '
        'rows="3"></textarea></label>'
        '<label>your name <input type="text" name="author" id="author" autocomplete="name"></label>'
        '<button class="wk-button" type="submit">send</button> '
        '<span id="feedback-told" role="status" class="wk-note"></span>',
        sanitize=False,
        tag="form",
    )
    form.classes("wk wk-box").props('id="feedback-form" aria-label="feedback"')
    script = _SEND.replace("ADDRESS", json.dumps(f"{API_PREFIX}/feedback")).replace(
        "ABOUT", json.dumps(dict(about)).replace("</", "<\\/")
    )

    async def kept(_: events.GenericEventArguments) -> None:
        await sent()

    form.on("submit", kept, js_handler=script)


def feedback_table(rows: Sequence[Mapping[str, Any]], timezone: str) -> None:
    """What was thought so far, newest first."""
    table(
        _COLUMNS, [_row(one, timezone) for one in rows], mark="feedback", empty="nobody has rated it: no data"
    )


def thumb(rating: str | None) -> Cell:
    """How somebody rated an answer; nothing where only words were given."""
    text, css = _THUMBS.get(rating or "", ("", ""))
    return Cell(text, css=f"wk-word {css}")


def _row(one: Mapping[str, Any], timezone: str) -> Row:
    return Row(
        (
            Cell(printed.instant_of_ns(one["ts_ns"], timezone), css="wk-word"),
            thumb(one["rating"]),
            Cell(one["comment"] or "", css="wk-long"),
            Cell(one["correction"] or "", css="wk-long"),
            Cell(one["author"] or ""),
        )
    )
