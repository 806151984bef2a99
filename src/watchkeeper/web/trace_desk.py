"""The desk a trace lies on: the waterfall, and beside it the step that was chosen."""

from collections.abc import Mapping
from typing import Any

from nicegui import events, ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed
from watchkeeper.web.frame import tell_failure
from watchkeeper.web.refreshing import Refreshing
from watchkeeper.web.step_detail import step_html
from watchkeeper.web.waterfall import waterfall_html

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
_CHOOSE_ONE = '<span class="wk-none">choose a step to see what it was asked and what it answered</span>'
_BRING_INTO_VIEW = """setTimeout(() => {
  const aside = document.getElementById('step');
  if (aside && getComputedStyle(aside).position === 'static') aside.scrollIntoView({block: 'nearest'});
}, 50)"""


class TraceDesk:
    """One visitor's view of one trace; the chosen step stands in the address."""

    def __init__(
        self,
        client: AsyncApiClient,
        tree: Mapping[str, Any],
        *,
        step: str | None,
        refresh: str,
    ) -> None:
        self._client = client
        self._tree = tree
        self._trace_id = str(tree["trace_id"])
        self._chosen = step
        self._refreshing = Refreshing(refresh, self._again, self._address)

    async def build(self) -> None:
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
        await self._draw_step()

    def _draw(self) -> None:
        tree = self._tree
        told = [f"{tree['spans']} steps", f"{tree['failed']} failed", printed.duration(tree["duration_ms"])]
        if tree["model_calls"]:
            told.append(f"{tree['model_calls']} model calls")
            told.append(f"{printed.known_sum(tree['input_tokens'])} tokens in")
            told.append(f"{printed.known_sum(tree['output_tokens'])} out")
            told.append(f"{printed.known_usd(tree['cost_usd'])} USD")
        if tree["missing_parents"]:
            told.append(f"▲ {tree['missing_parents']} callers not there")
        self._count.set_text(" · ".join(told))
        self._fall.set_content(waterfall_html(tree, chosen=self._chosen))

    async def _draw_step(self) -> None:
        self._problem.clear()
        chosen = self._chosen
        if chosen is None:
            self._detail.set_content(_CHOOSE_ONE)
            return
        try:
            found = await self._client.get(addresses.call(self._trace_id, chosen))
        except WatchkeeperError as error:
            self._detail.set_content("")
            with self._problem:
                tell_failure(error)
            return
        # Another step may have been chosen while this one was fetched.
        if self._chosen == chosen:
            self._detail.set_content(step_html(found))

    async def _clicked(self, event: events.GenericEventArguments) -> None:
        self._chosen = str(event.args)
        ui.navigate.history.replace(self._address(self._refreshing.word))
        await self._draw_step()
        ui.run_javascript(_BRING_INTO_VIEW)

    async def _again(self) -> None:
        """What has come of the trace meanwhile."""
        self._problem.clear()
        try:
            self._tree = await self._client.get(f"{addresses.trace(self._trace_id)}/tree")
        except WatchkeeperError as error:
            with self._problem:
                tell_failure(error)
            return
        self._draw()

    def _address(self, refresh: str) -> str:
        return addresses.with_query(addresses.trace(self._trace_id), step=self._chosen, refresh=refresh)
