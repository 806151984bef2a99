"""The desk a trace lies on: the waterfall, and beside it the step that was chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import events, ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses
from watchkeeper.web.frame import tell_failure
from watchkeeper.web.refreshing import Refreshing
from watchkeeper.web.step_detail import step_html
from watchkeeper.web.waterfall import Step, steps_of, waterfall_html

_CHOOSE = """(event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const row = event.target.closest('tr[data-field]');
  if (!row) return;
  event.preventDefault();
  for (const old of document.querySelectorAll('#waterfall tr.wk-chosen')) {
    old.classList.remove('wk-chosen'); old.querySelector('a')?.removeAttribute('aria-current');
  }
  row.classList.add('wk-chosen'); row.querySelector('a')?.setAttribute('aria-current', 'step');
  emit(row.dataset.field);
}"""
_BRING_INTO_VIEW = """setTimeout(() => {
  const aside = document.getElementById('step');
  if (aside && getComputedStyle(aside).position === 'static') aside.scrollIntoView({block: 'nearest'});
}, 50)"""


class TraceDesk:
    """One visitor's view of one trace; the chosen step stands in the address."""

    def __init__(
        self,
        client: AsyncApiClient,
        trace_id: str,
        spans: Sequence[Mapping[str, Any]],
        *,
        step: str | None,
        refresh: str,
    ) -> None:
        self._client = client
        self._trace_id = trace_id
        self._steps = steps_of(spans)
        self._chosen = step if any(one.span_id == step for one in self._steps) else None
        self._refreshing = Refreshing(refresh, self._again, self._address)

    def build(self) -> None:
        """Put everything on the page."""
        self._refreshing.build()
        self._count = ui.label().classes("wk-note").props('id="counts"')
        with ui.element("div").classes("wk-split"):
            self._fall = ui.html(sanitize=False).classes("wk-sheet").props('id="waterfall"')
            self._fall.on("click", self._clicked, js_handler=_CHOOSE)
            with (
                ui.element("aside")
                .classes("wk-aside")
                .props('id="step" aria-label="step" aria-live="polite"')
            ):
                self._detail = ui.html(sanitize=False)
                self._problem = ui.element("div")
        self._draw()
        self._draw_step()

    def _draw(self) -> None:
        failed = sum(not one.span["ok"] for one in self._steps)
        orphans = sum(one.orphan for one in self._steps)
        told = [f"{len(self._steps)} steps", f"{failed} failed"]
        if orphans:
            told.append(f"{orphans} whose caller is not in the trace")
        self._count.set_text(", ".join(told))
        self._fall.set_content(waterfall_html(self._steps, trace_id=self._trace_id, chosen=self._chosen))

    def _draw_step(self) -> None:
        self._problem.clear()
        step = self._step()
        if step is None:
            self._detail.set_content(
                '<span class="wk-none">choose a step to see what it was asked and what it answered</span>'
            )
            return
        self._detail.set_content(step_html(step, trace_id=self._trace_id))

    def _clicked(self, event: events.GenericEventArguments) -> None:
        self._chosen = str(event.args)
        ui.navigate.history.replace(self._address(self._refreshing.word))
        self._draw_step()
        ui.run_javascript(_BRING_INTO_VIEW)

    async def _again(self) -> None:
        """What has come of the trace meanwhile."""
        try:
            self._steps = steps_of(await self._client.get(addresses.trace(self._trace_id)))
        except WatchkeeperError as error:
            self._problem.clear()
            with self._problem:
                tell_failure(error)
            return
        self._draw()

    def _step(self) -> Step | None:
        return next((one for one in self._steps if one.span_id == self._chosen), None)

    def _address(self, refresh: str) -> str:
        return addresses.with_query(addresses.trace(self._trace_id), step=self._chosen, refresh=refresh)
