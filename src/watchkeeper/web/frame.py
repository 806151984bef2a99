"""What every page has around it: the header, the style, and how a failure is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from watchkeeper.domain.errors import WatchkeeperError

CSS = """
body { background: #f6f7f9; color: #1c2733; font-family: system-ui, sans-serif; }
.wk-card { background: white; border: 1px solid #e1e5ea; border-radius: 8px; }
.wk-card { padding: 14px 18px; min-width: 190px; }
.wk-card .wk-label { font-size: 12px; color: #5b6b7b; }
.wk-card .wk-figure { font-size: 26px; font-weight: 600; }
.wk-good { color: #12733d; } .wk-watch { color: #9a6700; } .wk-intervene { color: #b3261e; }
.wk-none { color: #8593a1; font-weight: 400 !important; }
table.wk { border-collapse: collapse; width: 100%; background: white; }
table.wk th { text-align: left; font-size: 12px; color: #5b6b7b; padding: 6px 10px; }
table.wk th { border-bottom: 2px solid #e1e5ea; }
table.wk td { padding: 5px 10px; border-bottom: 1px solid #edf0f3; font-size: 13px; vertical-align: top; }
table.wk td.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.wk tr.wk-chosen td { background: #fff6d6; }
table.wk tr.wk-row { cursor: pointer; }
a { color: #0b57d0; text-decoration: none; } a:hover { text-decoration: underline; }
"""


@contextmanager
def page_frame(title: str) -> Iterator[None]:
    """The frame of a page; what is made inside stands in its middle."""
    ui.page_title(f"{title} · Watchkeeper")
    ui.add_css(CSS)
    with (
        ui.header().classes("items-center").style("background:#1c2733; padding:8px 20px"),
        ui.link(target="/").style("color:white; font-weight:600; font-size:16px"),
    ):
        ui.label("Watchkeeper")
    with ui.column().classes("w-full").style("max-width:1500px; margin:0 auto; padding:8px 20px; gap:16px"):
        yield


def tell_failure(error: WatchkeeperError) -> None:
    """Say what went wrong and what to do, in place of what could not be shown."""
    with ui.element("div").classes("wk-card").mark("failure"):
        ui.label(error.message).classes("wk-intervene")
        ui.label(error.action)


def figure_card(label: str, figure: str | None, *, band: str = "", note: str = "") -> None:
    """A card with one figure; None stands as "no data"."""
    with ui.element("div").classes("wk-card"):
        ui.label(label).classes("wk-label")
        ui.label("no data" if figure is None else figure).classes(
            f"wk-figure {'wk-none' if figure is None else f'wk-{band}' if band else ''}"
        )
        ui.label(note).classes("wk-label")
