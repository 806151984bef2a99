"""A server with calls in it, as receipts of a gateway leave them."""

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.app.run_files import INGEST, living
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.receipts import ReceiptWriter

if TYPE_CHECKING:
    from conftest import Site  # type: ignore[attr-defined] # of the folder above

WAIT_S = 30.0
LONG_TALK = (
    {"role": "user", "content": "Where is my parcel? " * 100},
    {"role": "user", "content": "It was sent on Monday."},
)
PRICED, UNPRICED = "gpt-4o", "house-llm"
MANY = 120
"""Calls of the last two hours beside the traces."""
SIX_STEPS = ("answer a query", "retrieve", "rank", "feature retrieval", "model inference", "reply")


@dataclass
class Traffic:
    """Calls told to a running server, and the instant they are told against."""

    site: "Site"
    now: datetime
    writer: ReceiptWriter

    def call(self, span_id: str, *, trace_id: str, ago_s: float = 60.0, **told: Any) -> None:
        """One receipt; what is not told is usual."""
        usual: dict[str, Any] = {
            "workload": "shop",
            "target": "large",
            "provider": "openai",
            "model": "gpt-4o",
            "http_status": 200,
            "latency_ms": 100.0,
        }
        ended = self.now - timedelta(seconds=ago_s)
        self.writer.append(
            Receipt(
                receipt_id=f"receipt-{trace_id}-{span_id}",
                ts=ended.isoformat(timespec="microseconds"),
                trace_id=trace_id,
                span_id=span_id,
                **{**usual, **told},
            )
        )

    def until_there(self, trace_id: str, spans: int) -> None:
        """Wait for the calls to be telemetry."""
        with self.site.api() as api:
            until(lambda: _count(api, trace_id) == spans)


def _count(api: Any, trace_id: str) -> int:
    try:
        return len(api.get(f"/traces/{trace_id}"))
    except NotFoundError:
        return 0


def until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + WAIT_S
    while not is_so():
        assert monotonic() < deadline, "it did not come in time"
        Event().wait(0.05)


def six_steps(traffic: Traffic) -> None:
    """One trace of six steps (HE-69); the fifth fails and its content is kept, the sixth has no price."""
    content = kept(traffic)
    for n, step in enumerate(SIX_STEPS):
        told: dict[str, Any] = {"agent": step, "operation": "chat" if n > 3 else "invoke_agent"}
        if n == 4:
            told |= {
                "error": "provider_failed: it broke <b>",
                "error_code": "provider_failed",
                "input_tokens": 900,
                "output_tokens": 40,
                "cost_usd": "0.00265",
                **content,
            }
        elif n == 5:
            told |= {"input_tokens": 12, "output_tokens": 7}
        latency_ms = 600.0 if n == 0 else 100.0
        ago_s = 60.0 - (0.6 if n == 0 else 0.1 * n)
        parent = None if n == 0 else f"six-{n - 1 if n < 3 else 0}"
        traffic.call(
            f"six-{n}",
            trace_id="six",
            ago_s=ago_s,
            latency_ms=latency_ms,
            parent_span_id=parent,
            **told,
        )


def kept(traffic: Traffic) -> dict[str, str]:
    """Content as a gateway keeps it: a prompt of three messages, one of them long, and a reply."""
    store = ContentPacks(traffic.site.folder / "data" / "content", clock=SystemClock())
    asked = {"messages": [{"role": "system", "content": "You answer <b>briefly</b>."}, *LONG_TALK]}
    said = {"choices": [{"message": {"role": "assistant", "content": "The parcel is in Umeå."}}]}
    return {
        "prompt_sha256": store.put("shop", json.dumps(asked).encode(), "application/json"),
        "response_sha256": store.put("shop", json.dumps(said).encode(), "application/json"),
    }


def many_calls(traffic: Traffic) -> None:
    """Calls every 30 seconds back from ten minutes ago; every tenth failed, every other has no price."""
    for n in range(MANY):
        priced = n % 2 == 0
        told: dict[str, Any] = (
            {"error": "timeout: 30 s passed", "error_code": "timeout"} if n % 10 == 9 else {}
        )
        traffic.call(
            f"many-{n}",
            trace_id=f"many-{n}",
            ago_s=600 + 30 * n,
            model=PRICED if priced else UNPRICED,
            agent="planner" if n % 3 == 0 else "writer",
            route="fast",
            release="r7" if n < 60 else "r6",
            latency_ms=100.0 + n,
            input_tokens=100 + n,
            output_tokens=10,
            cost_usd="0.01" if priced else None,
            degraded=n % 12 == 5,
            **told,
        )


@pytest.fixture(scope="module")
def traffic(bare_site: "Site") -> Traffic:
    """The same server as `site`, for tests that tell it more."""
    clock = SystemClock()
    writer = ReceiptWriter(bare_site.folder / "data" / "receipts", "test", clock=clock)
    return Traffic(bare_site, clock.now(), writer)


@pytest.fixture(scope="module")
def site(traffic: Traffic) -> "Site":
    """A server with many calls, a trace of six steps, one of 500 and one whose beginning is missing."""
    many_calls(traffic)
    six_steps(traffic)
    for n in range(500):
        traffic.call(
            f"long-{n}", trace_id="long", ago_s=600 - n, parent_span_id=f"long-{n // 4}" if n else None
        )
    traffic.call("lost-1", trace_id="lost", parent_span_id="never-sent", agent="orphan's agent")
    traffic.call("lost-2", trace_id="lost", parent_span_id="lost-1")
    traffic.until_there("six", len(SIX_STEPS))
    traffic.until_there("long", 500)
    traffic.until_there("lost", 2)
    return traffic.site


@pytest.fixture(scope="module")
def recording(traffic: Traffic) -> Iterator[Traffic]:
    """The same server with the process beside it that takes records."""
    ingest = traffic.site.start("ingest", "--port", "0", "--otlp-grpc-port", "0")
    try:
        until(lambda: living(traffic.site.folder / "data", INGEST) is not None)
        yield traffic
    finally:
        ingest.send_signal(signal.SIGINT)
        _, said = ingest.communicate(timeout=WAIT_S)
    assert "Traceback" not in said, said
