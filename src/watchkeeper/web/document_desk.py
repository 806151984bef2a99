"""The desk a document lies on: picture to the left, fields to the right, each following the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from nicegui import events, ui

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses
from watchkeeper.web.field_detail import field_detail
from watchkeeper.web.field_table import field_table, listed_fields
from watchkeeper.web.frame import tell_failure
from watchkeeper.web.page_marks import page_html
from watchkeeper.web.report_view import ReportField, ReportView

Sizes = Mapping[int, tuple[float, float]]
"""Width and height in points, by page."""

_CHOOSE = """(event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const at = event.target.closest('[data-field]');
  if (at) { event.preventDefault(); emit(at.dataset.field); }
}"""
_BRING_INTO_VIEW = """setTimeout(() => {
  const bring = (css, block) => document.querySelector(css)?.scrollIntoView({block, inline: 'nearest'});
  bring('#fields .wk-chosen', 'nearest'); bring('#page .wk-mark-chosen', 'nearest');
}, 50)"""
_KEYS = "keys: ← → pages, j k fields, d differences"


@dataclass(slots=True)
class Look:
    """What a visitor looks at; it stands in the page's address."""

    page: int | None = None
    field: str | None = None
    only_differences: bool = False


class DocumentDesk:
    """One visitor's view of one document."""

    def __init__(self, report: ReportView, look: Look, sizes: Sizes | WatchkeeperError) -> None:
        self._report = report
        self._look = look
        self._sizes = sizes
        if look.field not in report.fields:
            look.field = None
        if look.field is None and look.page is None:
            look.field = next((one.name for one in self._listed() if one.is_found), None)
        if look.page is None:
            look.page = self._page_of(look.field)
        look.page = self._within(look.page)

    def build(self) -> None:
        """Put everything on the page."""
        with ui.element("div").classes("wk-desk"):
            with ui.element("section").classes("wk-left"):
                self._build_picture()
            with ui.element("section").classes("wk-right"):
                self._build_fields()
        ui.keyboard(on_key=self._on_key)
        if self._look.field is not None:
            ui.run_javascript(_BRING_INTO_VIEW)

    def _build_picture(self) -> None:
        if isinstance(self._sizes, WatchkeeperError):
            tell_failure(self._sizes)
            return
        with ui.element("div").classes("wk-bar"):
            _button("‹ previous", lambda: self._turn(-1), mark="previous")
            self._number = ui.html(sanitize=False, tag="span").props('id="page-number"')
            _button("next ›", lambda: self._turn(1), mark="next")
        self._picture = ui.html(sanitize=False).classes("wk-view").props('id="page"')
        self._picture.on("click", self._clicked, js_handler=_CHOOSE)
        self._draw_picture()

    def _build_fields(self) -> None:
        with ui.element("div").classes("wk-bar"):
            self._filter = _button("only differences", self._toggle, mark="only-differences")
            differing = sum(one.is_difference for one in self._report.fields.values())
            ui.label(f"{differing} of {len(self._report.fields)} fields").classes("wk-note")
            ui.label(_KEYS).classes("wk-note wk-keys")
        with ui.element("div").classes("wk-reading"):
            self._fields = ui.html(sanitize=False).classes("wk-sheet wk-fields").props('id="fields"')
            self._fields.on("click", self._clicked, js_handler=_CHOOSE)
            self._detail = ui.html(sanitize=False).classes("wk-detail").props('id="detail"')
        self._draw_fields()

    def _draw_picture(self) -> None:
        if isinstance(self._sizes, WatchkeeperError) or self._look.page is None:
            return
        number = self._look.page
        self._number.set_content(f"page {number} of {len(self._sizes)}")
        self._picture.set_content(
            page_html(self._report, number, size=self._sizes[number], chosen=self._look.field)
        )

    def _draw_fields(self) -> None:
        look = self._look
        self._filter.props(f"aria-pressed={'true' if look.only_differences else 'false'}")
        self._fields.set_content(
            field_table(
                self._report,
                chosen=look.field,
                only_differences=look.only_differences,
                address_of=lambda name: self._address(Look(self._page_of(name), name, look.only_differences)),
            )
        )
        self._detail.set_content(field_detail(self._report, self._report.fields.get(look.field or "")))

    def _show(self) -> None:
        """Draw anew, and keep the address such that it shows the same to somebody else."""
        self._draw_picture()
        self._draw_fields()
        ui.navigate.history.replace(self._address(self._look))
        ui.run_javascript(_BRING_INTO_VIEW)

    def _clicked(self, event: events.GenericEventArguments) -> None:
        self._choose(str(event.args))

    def _choose(self, name: str) -> None:
        if name in self._report.fields:
            self._look.field = name
            self._look.page = self._within(self._page_of(name) or self._look.page)
            self._show()

    def _turn(self, pages: int) -> None:
        self._look.page = self._within((self._look.page or 1) + pages)
        self._show()

    def _toggle(self) -> None:
        self._look.only_differences = not self._look.only_differences
        self._show()

    def _step(self, fields: int) -> None:
        """Choose the field that stands so many rows further down."""
        names = [one.name for one in self._listed()]
        if not names:
            return
        at = names.index(self._look.field) + fields if self._look.field in names else 0
        self._choose(names[min(max(at, 0), len(names) - 1)])

    def _on_key(self, event: events.KeyEventArguments) -> None:
        held = event.modifiers
        if not event.action.keydown or held.alt or held.ctrl or held.meta:
            return
        doing: dict[str, Callable[[], None]] = {
            "ArrowLeft": lambda: self._turn(-1),
            "ArrowRight": lambda: self._turn(1),
            "j": lambda: self._step(1),
            "k": lambda: self._step(-1),
            "d": self._toggle,
        }
        if act := doing.get(event.key.name):
            act()

    def _listed(self) -> Sequence[ReportField]:
        """The fields of the table."""
        return listed_fields(self._report, only_differences=self._look.only_differences)

    def _page_of(self, name: str | None) -> int | None:
        return None if name is None else self._report.fields[name].first_page

    def _within(self, page: int | None) -> int:
        pages = 1 if isinstance(self._sizes, WatchkeeperError) else len(self._sizes)
        return min(max(page or 1, 1), pages)

    def _address(self, look: Look) -> str:
        return addresses.with_query(
            addresses.document(self._report.run_id, self._report.name),
            page=look.page,
            field=look.field,
            only="differences" if look.only_differences else None,
        )


def _button(text: str, act: Callable[[], None], *, mark: str) -> ui.element:
    button = ui.element("button").classes("wk-button").props(f'type="button" id="{mark}"').on("click", act)
    with button:
        ui.html(escape(text), sanitize=False, tag="span")
    return button
