"""A document: the page's picture beside its fields, each value marked where it stands, twins side by side."""

from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote

from nicegui import ui

from watchkeeper.app.client import API_PREFIX, AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.frame import page_frame, tell_failure

SCALE = 1.5
"""Pixels per point of the picture that is asked for."""
CONSENSUS = "consensus"
SURE = 0.9
DOUBTFUL = 0.6


@dataclass(slots=True)
class Shown:
    """What one visitor looks at."""

    page: int = 1
    chosen: str | None = None
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)


def register(client: AsyncApiClient, timezone: str) -> None:  # noqa: ARG001 - every page is registered alike
    """Make the page known."""

    @ui.page("/runs/{run_id}/documents/{document}")
    async def document_page(run_id: str, document: str) -> None:
        with page_frame(document):
            try:
                results = await client.get(f"/runs/{quote(run_id)}/documents/{quote(document)}")
            except WatchkeeperError as error:
                tell_failure(error)
                return
            item = next(one for one in results if one["model"] == CONSENSUS)
            readers = [one["model"] for one in results if one["model"] != CONSENSUS]
            ui.link(run_id, f"/runs/{quote(run_id)}")
            ui.label(document).style("font-size:20px; font-weight:600").mark("document")
            if item["error"] is not None:
                ui.label(f"{item['error']['message']}; {item['error']['action']}").classes("wk-intervene")
            shown = Shown(fields=item["data"].get("fields", {}))
            _first_place(shown)
            with ui.row().classes("w-full no-wrap").style("gap:18px; align-items:flex-start"):
                _picture_and_fields(shown, item, readers)


def _picture_and_fields(shown: Shown, item: dict[str, Any], readers: list[str]) -> None:
    @ui.refreshable
    def picture() -> None:
        if item["document_sha256"] is None:
            ui.label("the file could not be read, so there is no picture").classes("wk-none")
            return
        with ui.row().style("align-items:center; gap:8px"):
            ui.button("‹", on_click=lambda: turn(-1)).props("dense flat").mark("previous")
            ui.label(f"page {shown.page} of {item['pages']}").mark("page-number")
            ui.button("›", on_click=lambda: turn(1)).props("dense flat").mark("next")
        address = (
            f"{API_PREFIX}/documents/{item['workload']}/{item['document_sha256']}"
            f"/pages/{shown.page}.png?scale={SCALE}"
        )
        ui.interactive_image(address, content=marks_of(shown), sanitize=False).style(
            "width:640px; border:1px solid #d5dae0; background:white"
        ).mark("picture")

    def turn(pages: int) -> None:
        shown.page = min(max(shown.page + pages, 1), item["pages"])
        picture.refresh()

    def choose(name: str) -> None:
        shown.chosen = name
        page = shown.fields[name].get("page")
        if page:
            shown.page = page
        picture.refresh()
        rows.refresh()

    @ui.refreshable
    def rows() -> None:
        _field_rows(shown, readers, choose)

    with ui.column().style("flex:0 0 660px"):
        picture()
    with ui.column().style("flex:1 1 auto; max-height:86vh; overflow:auto"):
        rows()


def _field_rows(shown: Shown, readers: list[str], choose: Any) -> None:
    with ui.element("table").classes("wk").mark("fields"):
        with ui.element("tr"):
            for title in ("field", "value", "page", "confidence", *readers, "why"):
                with ui.element("th"):
                    ui.label(title)
        for name, one in shown.fields.items():
            row = ui.element("tr").classes("wk-row" + (" wk-chosen" if name == shown.chosen else ""))
            row.mark(f"field-{name}").on("click", lambda _, name=name: choose(name))
            with row:
                _cells(name, one, readers)


def _cells(name: str, one: dict[str, Any], readers: list[str]) -> None:
    confidence = one["confidence"]
    said = one["readers"]
    cells = [
        (name, ""),
        (printed.value(one["value"]), "wk-none" if one["value"] is None else ""),
        ("" if one["page"] is None else str(one["page"]), "num"),
        ("" if confidence is None else f"{confidence:.2f}", f"num wk-{band_of(confidence)}"),
        *(
            (printed.value(said.get(reader)), "wk-none" if said.get(reader) is None else "")
            for reader in readers
        ),
        (one["why"], ""),
    ]
    for text, css in cells:
        with ui.element("td").classes(css):
            ui.label(text)


def band_of(confidence: float | None) -> str:
    """The colour of a confidence.

    >>> band_of(0.95), band_of(0.7), band_of(0.2), band_of(None)
    ('good', 'watch', 'intervene', 'none')
    """
    if confidence is None:
        return "none"
    return "good" if confidence >= SURE else "watch" if confidence >= DOUBTFUL else "intervene"


def marks_of(shown: Shown) -> str:
    """The places of the values on the page shown, as SVG over the picture; the chosen one stands out."""
    marks = []
    for name, one in shown.fields.items():
        for reader, reading in (one.get("readings") or {}).items():
            box = reading.get("box")
            if box is None or reading["page"] != shown.page:
                continue
            x, y = box["x0"] * SCALE - 2, box["top"] * SCALE - 2
            width = (box["x1"] - box["x0"]) * SCALE + 4
            height = (box["bottom"] - box["top"]) * SCALE + 4
            colour, line = ("#d93025", 3) if name == shown.chosen else ("#1a73e8", 1)
            marks.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}" '
                f'fill-opacity="0.10" stroke="{colour}" stroke-width="{line}">'
                f"<title>{escape(name)} ({escape(reader)})</title></rect>"
            )
    return "".join(marks)


def _first_place(shown: Shown) -> None:
    """Begin on the page of the first field that was found."""
    for name, one in shown.fields.items():
        if one["value"] is not None and one["page"]:
            shown.page, shown.chosen = one["page"], name
            return
