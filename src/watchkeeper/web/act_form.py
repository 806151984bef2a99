"""A form that changes something over the API: the browser sends it, with the visitor's own rights."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from html import escape

from nicegui import events, ui

from watchkeeper.app.client import API_PREFIX

_SEND = """async (event) => {
  event.preventDefault();
  const form = event.target, told = document.getElementById('MARK-told'), act = event.submitter;
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
  const fill = (text) => text.replace(/\\{(\\w+)\\}/g, (_, name) => given[name] ?? '');
  const body = JSON.parse(act.dataset.body, (_, value) => {
    if (typeof value !== 'string') return value;
    const filled = fill(value);
    return filled === '' ? undefined : filled;
  });
  let answer;
  try {
    const address = 'PREFIX' + act.dataset.path.replace(
      /\\{(\\w+)\\}/g, (_, name) => encodeURIComponent(given[name] ?? ''));
    answer = await fetch(address, {method: 'POST', headers: {'content-type': 'application/json'},
      body: JSON.stringify(body)});
  } catch (failure) { told.textContent = '✕ not done: the server does not answer'; return; }
  if (answer.ok) { told.textContent = '✓ ' + act.dataset.done; emit('done'); return; }
  const said = (await answer.json().catch(() => null))?.error;
  told.textContent = '✕ not done: ' + (said?.message ?? answer.status) + '. ' + (said?.action ?? '');
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One button: what it asks of the API; `{name}` stands for what a field holds."""

    text: str
    path: str
    body: dict[str, object]
    done: str


def act_form(mark: str, fields_html: str, acts: Sequence[Act], done: Callable[[], Awaitable[None]]) -> None:
    """The form on the page.

    Args:
        mark: Its id.
        fields_html: Its fields, every text in it escaped.
        acts: Its buttons.
        done: What follows when the API has done it.
    """
    buttons = " ".join(
        f'<button class="wk-button" type="submit" data-path="{escape(act.path)}" '
        f'data-body="{escape(json.dumps(act.body))}" data-done="{escape(act.done)}">'
        f"{escape(act.text)}</button>"
        for act in acts
    )
    form = ui.html(
        f'{fields_html} {buttons} <span id="{mark}-told" role="status" class="wk-note"></span>',
        sanitize=False,
        tag="form",
    )
    form.classes("wk wk-box").props(f'id="{mark}" aria-label="{mark}"')

    async def after(_: events.GenericEventArguments) -> None:
        await done()

    form.on("submit", after, js_handler=_SEND.replace("MARK", mark).replace("PREFIX", API_PREFIX))


def select_html(name: str, label: str, choices: Sequence[tuple[str, str]]) -> str:
    """A field to choose from."""
    options = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices)
    return f'<label>{escape(label)} <select name="{name}">{options}</select></label>'


def text_html(name: str, label: str, *, needed: bool = False, hint: str = "") -> str:
    """A field to write in."""
    need = " required" if needed else ""
    return (
        f'<label>{escape(label)} <input type="text" name="{name}" placeholder="{escape(hint)}"{need}></label>'
    )
