"""The gateway: its workers, the targets with their breakers, the caches, and the newest call."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.frame import heading, page_frame, section, tell, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, known, said, table
from watchkeeper.web.words import UNKNOWN, Said

REFRESH_S = 2.0
"""How often the page asks again by itself: an order is obeyed within two seconds."""
_WORKERS = (
    Column("worker"),
    Column("answers at"),
    Column("state"),
    Column("last told"),
    Column("calls in flight", number=True),
    Column("what does not work"),
)
_TARGETS = (
    Column("target"),
    Column("breaker"),
    Column("held by"),
    Column("failures in a row", number=True),
    Column("tries again in", number=True),
    Column("workers", number=True),
)
_CACHES = (
    Column("cache"),
    Column("entries", number=True),
    Column("KB", number=True),
    Column("hits", number=True),
    Column("misses", number=True),
    Column("hit rate", number=True),
)
_STATES = {
    "closed": Said("✓ closed", "wk-good"),
    "half_open": Said("▲ half-open", "wk-watch"),
    "open": Said("✕ open", "wk-intervene wk-strong"),
}
_BYTES_A_KB = 1000


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/gateway")
    async def gateway_page() -> None:
        with page_frame("Gateway", at="/gateway"):
            heading("Gateway")

            @ui.refreshable
            async def content() -> None:
                try:
                    found = await client.get("/gateway")
                    newest = await client.get("/receipts", {"limit": 1})
                except WatchkeeperError as error:
                    tell_failure(error)
                    return
                _tell_held(found["breakers"], timezone)
                section("Targets", "of several workers the worst")
                _targets(found["breakers"])
                section("Workers", _count(found["workers"]))
                _workers(found["workers"], timezone)
                section("Caches", "of all workers, since each began")
                _caches(found["caches"])
                section("Newest call", _call(newest, timezone))

            await content()
            ui.timer(REFRESH_S, content.refresh, immediate=False)


def _tell_held(breakers: Sequence[dict[str, Any]], timezone: str) -> None:
    for one in breakers:
        held = one["held_by"]
        if held is None:
            continue
        how = "open: it gets no calls" if held["kind"] == "breaker open" else "closed, whatever fails"
        tell(
            f"{one['target']} is held {how}, since {printed.instant(held['given_at'], timezone)} by "
            f"{held['by']}: {held['reason'] or 'no reason given'}",
            f"when it is over, let it go: `wk breaker reset {one['target']}`",
            mild=True,
        )


def _targets(breakers: Sequence[dict[str, Any]]) -> None:
    none = "no target: add one under `targets` in the settings"
    table(_TARGETS, [_target(one) for one in breakers], mark="targets", empty=none)


def _target(one: dict[str, Any]) -> Row:
    told = list(one["workers"].values())
    waits = [each["retry_in_s"] for each in told if each["retry_in_s"] is not None]
    held = one["held_by"]
    state = UNKNOWN if one["state"] is None else _STATES.get(one["state"], Said(one["state"], ""))
    differ = {f"{worker}: {each['state']}" for worker, each in one["workers"].items()}
    if one["mixed"]:
        state = Said(f"{state.text}, workers differ", state.css)
    return Row(
        (
            Cell(one["target"]),
            said(state, "; ".join(sorted(differ))),
            Cell(held["by"] if held else "", more=(held["reason"] or "no reason given") if held else ""),
            Cell(str(max(each["failures"] for each in told)) if told else printed.NO_DATA),
            Cell(f"{max(waits):.0f} s" if waits else ""),
            Cell(str(len(told))),
        )
    )


def _count(workers: Sequence[dict[str, Any]]) -> str:
    silent = sum(one["silent"] for one in workers)
    return f"{len(workers) - silent} running" + (f", {silent} silent" if silent else "")


def _workers(workers: Sequence[dict[str, Any]], timezone: str) -> None:
    none = "no gateway runs: `wk gateway` starts one, and so does `wk up`"
    table(_WORKERS, [_worker(one, timezone) for one in workers], mark="workers", empty=none)


def _worker(one: dict[str, Any], timezone: str) -> Row:
    silent = one["silent"]
    state = Said("✕ silent", "wk-intervene") if silent else Said("✓ running", "wk-good")
    problems = "; ".join(f"{part}: {why}" for part, why in sorted(one["problems"].items()))
    flight = one["in_flight"]
    return Row(
        (
            Cell(one["worker_id"], more=one["gateway"]),
            known(one["address"] or None),
            said(state),
            Cell(printed.instant(one["seen_at"], timezone), css="wk-word"),
            known(None if flight is None else str(flight)),
            Cell(problems, css="wk-intervene wk-long" if problems else ""),
        ),
        css="wk-none" if silent else "",
    )


def _caches(caches: Sequence[dict[str, Any]]) -> None:
    rows = [
        Row(
            (
                Cell(one["cache"]),
                Cell(printed.value(one["entries"])),
                Cell(printed.value(round(one["size_bytes"] / _BYTES_A_KB))),
                Cell(printed.value(one["hits"])),
                Cell(printed.value(one["misses"])),
                known(printed.percent(one["hit_rate"])),
            )
        )
        for one in caches
    ]
    table(_CACHES, rows, mark="caches", empty="no gateway tells of its caches: no data")


def _call(newest: Sequence[dict[str, Any]], timezone: str) -> str:
    if not newest:
        return "no call yet: no data"
    receipt = newest[0]["receipt"]
    how = receipt["error"] or "ok"
    return (
        f"{printed.instant(receipt['ts'], timezone)}, {receipt['model']} at {receipt['target']}, "
        f"{receipt['latency_ms']:.1f} ms, {how}"
    )
