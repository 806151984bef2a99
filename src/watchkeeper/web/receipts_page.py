"""The receipts: the last 100 model calls, how often each model succeeds, what failed (GF-16, GF-76)."""

from collections.abc import Sequence
from html import escape
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed, words
from watchkeeper.web.frame import heading, page_frame, section, tell_failure, trail
from watchkeeper.web.tables import Cell, Column, Row, said, table

SHOWN = 100
"""Receipts on the page (GF-16)."""
OFFERED_RUNS = 20
"""Runs to choose from."""
_RECEIPTS = (
    Column("ended"),
    Column("run"),
    Column("document"),
    Column("agent"),
    Column("model"),
    Column("HTTP", number=True),
    Column("latency ms", number=True),
    Column("tokens", number=True),
    Column("USD", number=True),
    Column("accuracy", number=True),
    Column("outcome"),
)
_SUCCESS = (
    Column("model"),
    Column("calls", number=True),
    Column("succeeded", number=True),
    Column("rate", number=True),
    Column("against its target"),
)
_ERRORS = (Column("model"), Column("error"), Column("count", number=True), Column("documents"))


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/receipts")
    async def receipts_page(run: str = "", document: str = "") -> None:
        with page_frame("Receipts", at="/receipts"):
            which = {"run_id": run or None}
            try:
                runs = await client.get("/runs", {"limit": OFFERED_RUNS})
                success = await client.get("/receipts/success", {**which, "window": SHOWN})
                errors = await client.get("/receipts/errors", which)
                newest = await client.get(
                    "/receipts", {**which, "document": document or None, "limit": SHOWN}
                )
            except WatchkeeperError as error:
                tell_failure(error)
                return
            heading("Receipts")
            _filter([one["run_id"] for one in runs], run)
            if document:
                trail((run or "every run", addresses.receipts(run_id=run)), (document, None))
            section("Success by model", f"last {success['looked_at']} calls{_of(run)}")
            _success(success)
            section("Errors", f"among the last {errors['looked_at']} calls{_of(run)}")
            _errors(errors["groups"])
            section(f"Last {SHOWN} receipts", "newest first")
            _newest(newest, timezone)


def _of(run: str) -> str:
    return f" of {run}" if run else ""


def _filter(runs: Sequence[str], chosen: str) -> None:
    known = runs if chosen in ("", *runs) else (chosen, *runs)
    options = "".join(
        f'<option value="{escape(one)}"{" selected" if one == chosen else ""}>{escape(one)}</option>'
        for one in known
    )
    ui.html(
        '<form class="wk" action="/receipts"><label for="run">receipts of</label>'
        '<select id="run" name="run" onchange="this.form.submit()">'
        f'<option value="">every run</option>{options}</select></form>',
        sanitize=False,
    )


def _success(success: dict[str, Any]) -> None:
    target = printed.percent(success["target"])
    rows = [
        Row(
            (
                Cell(one["model"]),
                Cell(str(one["calls"])),
                Cell(str(one["succeeded"])),
                Cell(printed.percent(one["rate"]) or printed.NO_DATA),
                Cell(f"✕ below its target of {target}", css="wk-intervene wk-strong")
                if one["below_target"]
                else Cell(f"✓ reaches {target}", css="wk-good"),
            )
        )
        for one in success["models"]
    ]
    table(_SUCCESS, rows, mark="success", empty="no call yet: no data")


def _errors(groups: Sequence[dict[str, Any]]) -> None:
    rows = [
        Row(
            (
                Cell(one["model"]),
                Cell(one["error"], css="wk-intervene"),
                Cell(str(one["count"])),
                Cell(", ".join(one["documents"])),
            )
        )
        for one in groups
    ]
    table(_ERRORS, rows, mark="errors", empty="no call failed")


def _newest(newest: Sequence[dict[str, Any]], timezone: str) -> None:
    rows = [_receipt(one["receipt"], one["accuracy"], timezone) for one in newest]
    none = "no receipt: every call through the gateway, and every run, leaves some"
    table(_RECEIPTS, rows, mark="receipts", empty=none)


def _tokens(receipt: dict[str, Any]) -> Cell:
    into, out = receipt["input_tokens"], receipt["output_tokens"]
    if into is None and out is None:
        return Cell("no data", css="wk-none", more="nobody counted tokens")
    said_out = "" if out is None else f" + {out}"
    return Cell(f"{into}{said_out}", more="input + output")


def _cost(receipt: dict[str, Any]) -> Cell:
    if receipt["cost_usd"] is None:
        return Cell("unknown", css="wk-none", more="no price is known, or the usage is not")
    source = receipt["cost_source"] or "unknown source"
    return Cell(receipt["cost_usd"], more=f"{source}, prices {receipt['price_version'] or 'none'}")


def _receipt(receipt: dict[str, Any], accuracy: float | None, timezone: str) -> Row:
    run, document = receipt["run_id"], receipt["item_id"]
    error, http = receipt["error"], receipt["http_status"]
    return Row(
        (
            Cell(
                printed.instant(receipt["ts"], timezone),
                css="wk-word",
                more=f"receipt {receipt['receipt_id']}",
            ),
            Cell(run or "", link=addresses.run(run) if run else None),
            Cell(
                document or "",
                link=addresses.document(run, document) if run and document else None,
                css="wk-long",
            ),
            Cell(receipt["agent"] or ""),
            Cell(
                receipt["model"],
                more=f"workload {receipt['workload']}, {receipt['provider']}, target {receipt['target']}",
            ),
            Cell(str(http))
            if http is not None
            else Cell("none", css="wk-none", more="the call used no HTTP"),
            Cell(f"{receipt['latency_ms']:.1f}"),
            _tokens(receipt),
            _cost(receipt),
            Cell(printed.percent(accuracy) or "not scored", css="wk-none" if accuracy is None else ""),
            said(words.status("ok")) if error is None else Cell(f"✕ {error}", css="wk-intervene wk-long"),
        )
    )
