"""The way every call of a workload goes: to a baseline engine in its own thread, else through the relay."""

from collections.abc import Iterable

import orjson

from watchkeeper.domain.call import Fallback, ModelCall, Outcome, Reply
from watchkeeper.domain.errors import (
    CallBrokenOffError,
    NotFoundError,
    SettingsError,
    StorageFullError,
    WatchkeeperError,
)
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.baseline import BASELINE, EngineRun, run_engine
from watchkeeper.gateway.chat_request import caller_of, chat_request
from watchkeeper.gateway.dialects import Dialect, Operation, read_reply
from watchkeeper.gateway.ports import BaselineEngine
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.kept_request import kept_request
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.relay_receipt import Told
from watchkeeper.gateway.relay.request import ClientRequest
from watchkeeper.gateway.relay.terms import Terms
from watchkeeper.gateway.relay_thread import RelayThread
from watchkeeper.gateway.retry import RetryPolicy
from watchkeeper.gateway.route_plan import Step
from watchkeeper.gateway.strict_json import JsonSchema, parse_strictly


class CallPath:
    """Takes calls to whoever they name and leaves a receipt for every attempt; thread-safe."""

    def __init__(
        self,
        engines: Iterable[BaselineEngine],
        ledger: Ledger,
        *,
        models: RelayThread | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        """Join what a call needs.

        Args:
            engines: Every baseline engine that may be named.
            ledger: Where receipts and content go.
            models: The relay to routes and targets; None where no model is configured.
            retry: How often and how soon a target that a call names is asked again; by default four
                attempts in all. Routes have their own.

        Raises:
            SettingsError: Two engines, or an engine and a route or target, have the same name.
        """
        self._ledger = ledger
        self._models = models
        self._retry = retry or RetryPolicy()
        self._engines: dict[str, BaselineEngine] = {}
        for engine in engines:
            if engine.name in self._engines or (models is not None and engine.name in models.names):
                raise SettingsError(
                    f"two targets are named {engine.name!r}",
                    action="rename one; a configured target may not have a baseline engine's name",
                )
            self._engines[engine.name] = engine

    def call(self, call: ModelCall) -> Outcome:
        """Make the call, trying again while that can help and the deadline allows.

        A failure is an outcome, never an exception: whatever happens to a call, its receipts tell.
        When a receipt cannot be written the call has failed too, whatever was answered.
        """
        trace_id = call.trace_id or self._ledger.ids.trace_id()
        try:
            engine = self._engines.get(call.target)
            if engine is not None:
                return self._run(engine, call, trace_id)
            models = self._models_for(call)
            request = chat_request(call, trace_id=trace_id, terms=self._terms(call))
            carried = models.carry(self._kept(request))
        except WatchkeeperError as error:
            return self._refused(call, trace_id, error)
        return self._outcome(call, carried.call, carried.body)

    def close(self) -> None:
        """Break off calls to models that are under way, and take no more."""
        if self._models is not None:
            self._models.close()

    def _models_for(self, call: ModelCall) -> RelayThread:
        models = self._models
        if models is None or call.target not in models.names:
            known = ", ".join(sorted({*self._engines, *(models.names if models else ())})) or "none"
            raise NotFoundError(
                f"there is no target {call.target!r}; there are: {known}",
                action=f"configure `targets.{call.target}` in watchkeeper.yaml, or name another",
            )
        return models

    def _terms(self, call: ModelCall) -> Terms:
        fits = call.baseline in self._engines and call.baseline_input is not None
        return Terms(
            in_process=True,
            strict=True,
            within_s=call.deadline_s,
            retry=self._retry,
            baseline=call.baseline if fits else None,
        )

    def _kept(self, request: ClientRequest) -> ClientRequest:
        """The request, kept from this thread: page images are large, and the relay serves others too."""
        content = self._ledger.content
        if content is None:
            return request
        return request.with_prompt(kept_request(request, content))

    def _refused(self, call: ModelCall, trace_id: str, error: WatchkeeperError) -> Outcome:
        """What becomes of a call that nobody could be asked."""
        caller = caller_of(call, trace_id=trace_id)
        try:
            receipt = self._ledger.refused_unread(caller, call.operation, error, model=call.target)
        except WatchkeeperError as unwritten:
            return Outcome(reply=None, error=unwritten, receipts=())
        return Outcome(reply=None, error=error, receipts=(receipt,))

    # Baseline engines, in the thread that asks.

    def _run(self, engine: BaselineEngine, call: ModelCall, trace_id: str) -> Outcome:
        """Answer a call that names an engine.

        Raises:
            InvalidInputError: Its schema is none.
        """
        told = Told(
            caller=caller_of(call, trace_id=trace_id),
            trace_id=trace_id,
            operation=call.operation,
            stream=False,
            route=call.route,
        )
        run = self._engine_run(engine, call)
        try:
            receipt = self._ledger.ran(told, run)
        except WatchkeeperError as unwritten:
            return Outcome(reply=None, error=unwritten, receipts=())
        return Outcome(reply=_engine_reply(run), error=run.error, receipts=(receipt,))

    def _engine_run(self, engine: BaselineEngine, call: ModelCall) -> EngineRun:
        schema = None if call.json_schema is None else JsonSchema(call.json_schema)
        return run_engine(engine, call.baseline_input, schema=schema, clock=self._ledger.clock)

    def _last_resort(self, call: ModelCall, relayed: Call, step: Step) -> Outcome:
        """Answer a call on a route that nobody else has answered."""
        run = self._engine_run(self._engines[step.target], call)
        written = tuple(relayed.receipts)
        try:
            receipt = self._ledger.ran(
                relayed.told,
                run,
                number=relayed.attempts + 1,
                first_receipt_id=written[0].receipt_id if written else None,
                degraded=step.degraded,
            )
        except WatchkeeperError as unwritten:
            return Outcome(reply=None, error=unwritten, receipts=written)
        return Outcome(
            reply=_engine_reply(run),
            error=run.error,
            receipts=(*written, receipt),
            fallback=None if run.error else _fallback(step, relayed, written),
        )

    # What the relay has brought back.

    def _outcome(self, call: ModelCall, relayed: Call, body: bytes) -> Outcome:
        written = tuple(relayed.receipts)
        if relayed.error is not None:
            ends = isinstance(relayed.error, StorageFullError | CallBrokenOffError)
            if relayed.last_resort is not None and not ends:
                return self._last_resort(call, relayed, relayed.last_resort)
            return Outcome(reply=None, error=relayed.error, receipts=written)
        try:
            reply = _reply_of(body, written[-1], as_json=call.json_schema is not None)
        except WatchkeeperError as unread:
            return Outcome(reply=None, error=unread, receipts=written)
        fallback = None
        if relayed.step is not None and written[-1].degraded:
            fallback = _fallback(relayed.step, relayed, written[:-1])
        return Outcome(reply=reply, error=None, receipts=written, fallback=fallback)


def _reply_of(body: bytes, receipt: Receipt, *, as_json: bool) -> Reply:
    facts = read_reply(Dialect.OPENAI, orjson.loads(body), operation=Operation.CHAT)
    return Reply(
        model=receipt.model,
        text=facts.text,
        parsed=parse_strictly(facts.text) if as_json else None,
        usage=facts.usage,
        finish_reason=facts.finish_reason,
        http_status=receipt.http_status,
    )


def _engine_reply(run: EngineRun) -> Reply | None:
    if run.error is not None:
        return None
    return Reply(model=run.engine.name, parsed=run.answer, finish_reason="stop")


def _fallback(step: Step, relayed: Call, failed: tuple[Receipt, ...]) -> Fallback:
    told = {one.target: f"{one.target} failed ({one.error_code})" for one in failed if one.error_code}
    left_out = [f"{one.target}: {one.reason}" for one in relayed.skipped if one.target != BASELINE]
    reason = "; ".join([step.reason, *told.values(), *left_out])
    return Fallback(target=step.target, tier=step.tier, reason=reason)
