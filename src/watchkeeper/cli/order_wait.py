"""Giving an order to the gateways and waiting a moment for their workers to obey."""

from collections.abc import Mapping
from threading import Event
from typing import Any

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.client import ApiClient
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.printing import print_json, print_line

WAIT_S = 3.0
"""Workers look for orders twice a second; one that has not answered by then is busy, or cut off."""
_LOOK_AGAIN_S = 0.1


def give_order(call: Invocation, body: Mapping[str, object], *, path: str = "/orders") -> int:
    """Give an order, wait up to three seconds, and print what became of it.

    Returns:
        The exit code: 1 when a running worker has not answered in time, or could not obey; else 0.
    """
    with connect(call) as client:
        standing = _settled(client, client.post(path, body))
    if call.json:
        print_json(standing)
    else:
        _tell(standing)
    failed = any(word["problem"] for word in standing["acknowledged"])
    return 1 if failed or standing["waiting"] else 0


def _settled(client: ApiClient, standing: dict[str, Any]) -> dict[str, Any]:
    clock, pause = SystemClock(), Event()
    deadline_s = clock.monotonic() + WAIT_S
    while standing["waiting"] and clock.monotonic() < deadline_s:
        pause.wait(_LOOK_AGAIN_S)
        standing = client.get(f"/orders/{standing['order']['seq']}")
    return standing


def _tell(standing: Mapping[str, Any]) -> None:
    order, words, waiting = standing["order"], standing["acknowledged"], standing["waiting"]
    about = " ".join(
        value if name == "target" else f"{name} {value}" for name, value in sorted(order["about"].items())
    )
    what = f"order {order['seq']}, {order['kind']}{f' {about}' if about else ''}"
    if not words and not waiting:
        print_line(f"{what}: no gateway worker runs; {_later(order)}")
        return
    obeyed = [word for word in words if not word["problem"]]
    print_line(f"{what}: obeyed by {len(obeyed)} of {len(words) + len(waiting)} workers")
    for word in words:
        print_line(f"  {word['worker_id']} {_said(word)}")
    for worker_id in waiting:
        print_line(f"  {worker_id} has not answered within {WAIT_S:g} s; it obeys when it reaches the state")


def _later(order: Mapping[str, Any]) -> str:
    if order["kind"] in ("breaker open", "breaker close", "route weights"):
        return "it stands, and one that starts later obeys it"
    return "there is nothing to do"


def _said(word: Mapping[str, Any]) -> str:
    if word["problem"]:
        return f"could not: {word['problem']}"
    told = f": {word['told']}" if word["told"] else ""
    return f"obeyed at {word['at']}{told}"
