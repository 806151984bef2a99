"""What is written down of calls: receipts, kept content, figures."""

from dataclasses import dataclass
from typing import Protocol

import orjson

from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.baseline import EngineRun
from watchkeeper.gateway.dialects import ReplyFacts
from watchkeeper.gateway.ports import ContentSink, ReceiptSink, ReplySink
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.caller import DEFAULT_WORKLOAD, Caller
from watchkeeper.gateway.relay.kept_request import kept_request
from watchkeeper.gateway.relay.relay_receipt import (
    Told,
    attempt_receipt,
    baseline_receipt,
    cached_receipt,
    refusal_receipt,
)
from watchkeeper.gateway.relay.request import ClientRequest

CACHE = "cache"
"""The provider of an answer that nobody was asked for."""
JSON = "application/json"
TEXT = "text/plain"


class CallFigures(Protocol):
    """Who counts what receipts say."""

    def observe(self, receipt: Receipt, /) -> None:
        """A receipt was written."""
        ...


class NoFigures:
    """Counts nothing, where nobody asks for figures: the receipts say the same."""

    def observe(self, receipt: Receipt, /) -> None:
        """Let it go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Writes down what becomes of calls."""

    receipts: ReceiptSink
    content: ContentSink | None
    figures: CallFigures
    clock: Clock
    ids: IdSource

    def begin(self, request: ClientRequest, sink: ReplySink) -> Call:
        """A call begins: it gets a trace, and what it asks is kept."""
        return Call(
            request=request,
            sink=sink,
            told=Told(
                caller=request.caller,
                trace_id=request.caller.trace_id or self.ids.trace_id(),
                operation=request.operation,
                stream=request.facts.stream,
                prompt_sha256=request.terms.prompt_sha256 or self._kept_request(request),
            ),
            started_s=self.clock.monotonic(),
        )

    def attempted(self, call: Call, made: Attempted) -> Receipt:
        """An attempt is over.

        Raises:
            StorageFullError: Its receipt could not be written.
        """
        receipt = attempt_receipt(
            call.told,
            made,
            first_receipt_id=call.receipts[0].receipt_id if call.receipts else None,
            response_sha256=self._kept_reply(call, made.facts),
            clock=self.clock,
        )
        return self._written(call, receipt)

    def ran(
        self,
        told: Told,
        run: EngineRun,
        *,
        number: int = 1,
        first_receipt_id: str | None = None,
        degraded: bool = False,
    ) -> Receipt:
        """A baseline engine has run.

        Args:
            told: What the call's receipts say alike.
            run: What became of it.
            number: Which attempt of the call it was.
            first_receipt_id: Of the call's first attempt; None when this is it.
            degraded: Whether a model should have answered.

        Raises:
            StorageFullError: Its receipt could not be written.
        """
        receipt = baseline_receipt(
            told,
            run,
            number=number,
            first_receipt_id=first_receipt_id,
            degraded=degraded,
            clock=self.clock,
            ids=self.ids,
        )
        self.receipts.write(receipt)
        self.figures.observe(receipt)
        return receipt

    def answered_from_cache(self, call: Call, *, receipt_id: str, target: str, model: str) -> Receipt:
        """A call was answered from the cache."""
        receipt = cached_receipt(
            call.told,
            target=target,
            provider=CACHE,
            model=model,
            receipt_id=receipt_id,
            span_id=self.ids.span_id(),
            latency_ms=self.since_ms(call.started_s),
            clock=self.clock,
        )
        return self._written(call, receipt)

    def refused(self, call: Call, error: WatchkeeperError) -> Receipt:
        """A call was refused before any target was asked."""
        receipt = refusal_receipt(
            call.told,
            error,
            model=call.request.facts.model,
            latency_ms=self.since_ms(call.started_s),
            clock=self.clock,
            ids=self.ids,
        )
        return self._written(call, receipt)

    def refused_unread(
        self, caller: Caller, operation: str, error: WatchkeeperError, *, model: str = ""
    ) -> Receipt:
        """A request was refused before it was understood: where its model is not known, it is empty."""
        told = Told(
            caller=caller,
            trace_id=caller.trace_id or self.ids.trace_id(),
            operation=operation,
            stream=False,
        )
        receipt = refusal_receipt(told, error, model=model, latency_ms=0.0, clock=self.clock, ids=self.ids)
        self.receipts.write(receipt)
        self.figures.observe(receipt)
        return receipt

    def routed(self, call: Call, *, route: str | None) -> None:
        """It is known where a call goes."""
        call.told.route = route

    def since_ms(self, started_s: float) -> float:
        """Milliseconds since an instant on the monotonic clock."""
        return round((self.clock.monotonic() - started_s) * 1000, 3)

    def _written(self, call: Call, receipt: Receipt) -> Receipt:
        self.receipts.write(receipt)
        call.receipts.append(receipt)
        self.figures.observe(receipt)
        return receipt

    def _kept_request(self, request: ClientRequest) -> str | None:
        return None if self.content is None else kept_request(request, self.content)

    def _kept_reply(self, call: Call, facts: ReplyFacts | None) -> str | None:
        if facts is None or self.content is None or not (facts.text or facts.tool_calls):
            return None
        workload = call.told.caller.workload or DEFAULT_WORKLOAD
        if facts.tool_calls:
            calls = [{"name": one.name, "arguments": one.arguments} for one in facts.tool_calls]
            whole = orjson.dumps({"text": facts.text, "tool_calls": calls})
            return self.content.put(workload, whole, JSON)
        return self.content.put(workload, facts.text.encode("utf-8", "replace"), TEXT)
