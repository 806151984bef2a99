"""The last tier of a route over HTTP: a workload's engine answers where nobody else has."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from watchkeeper.domain.errors import (
    InvalidInputError,
    NoTargetError,
    TargetError,
    TargetRestingError,
    WaitError,
    WatchkeeperError,
)
from watchkeeper.gateway.baseline import EngineRun, run_engine
from watchkeeper.gateway.chat_task import chat_task
from watchkeeper.gateway.ports import ChatEngine
from watchkeeper.gateway.relay.answers import Answers
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.clients_fault import is_clients_fault
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.routes import BASELINE_TIER
from watchkeeper.gateway.strict_json import JsonSchema

Engines = Mapping[str, Sequence[ChatEngine]]
"""The engines of each workload that answer chats."""
MOST_WAITING = 64
"""Calls an engine has been asked for and has not answered yet; a further one gets the failure before it."""
_THREADS = 4
"""Of their own: engines that compute long must not keep money and figures waiting."""
_NOBODY_ANSWERED = (TargetError, TargetRestingError, NoTargetError, WaitError)
"""An engine stands in for these; who may not spend, or asks wrongly, is told so."""


def engine_for(engines: Engines, workload: str | None, agent: str | None) -> ChatEngine | None:
    """The engine that answers chats of an agent; None where none does."""
    return next((one for one in engines.get(workload or "", ()) if one.takes(agent)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastResort:
    """Knows the engines of workloads and lets them answer."""

    answers: Answers
    ledger: Ledger
    engines: Engines = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_WAITING), repr=False)
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_THREADS, thread_name_prefix="baseline"), repr=False
    )

    def prepare(self, call: Call) -> None:
        """Find the engine that fits the call, so that its plan has the tier, or says that it is skipped."""
        caller = call.told.caller
        if not self.engines or BASELINE_TIER not in call.destination.route.names:
            return
        engine = engine_for(self.engines, caller.workload, caller.agent)
        if engine is None:
            return
        task = chat_task(call.request, workload=caller.workload or "", agent=caller.agent)
        if task is not None:
            call.engine, call.engine_task = engine, task
            call.request = replace(call.request, terms=replace(call.request.terms, baseline=engine.name))

    async def answered(self, call: Call, error: WatchkeeperError) -> bool:
        """Answer a call that nobody else could; whether that is done.

        Raises:
            StorageFullError: The receipt could not be written.
        """
        engine, step = call.engine, call.last_resort
        if engine is None or step is None or call.sink.gone or self._places.locked():
            return False
        if not isinstance(error, _NOBODY_ANSWERED) or is_clients_fault(error):
            return False
        try:
            run = await self._run(engine, call)
        except InvalidInputError:  # the schema it must fit is none: what came before tells more
            return False
        receipt = self.ledger.ran(
            call.told,
            run,
            number=call.attempts + 1,
            first_receipt_id=call.receipts[0].receipt_id if call.receipts else None,
            degraded=step.degraded,
        )
        call.receipts.append(receipt)
        if run.error is not None:
            return False
        call.step = step
        self.answers.by_engine(call, receipt, run.answer)
        return True

    async def _run(self, engine: ChatEngine, call: Call) -> EngineRun:
        """Run the engine off the event loop.

        Raises:
            InvalidInputError: The schema the answer must fit is none.
        """
        asked = call.request.facts.json_schema
        schema = None if asked is None else JsonSchema(asked)
        run = partial(run_engine, engine, call.engine_task, schema=schema, clock=self.ledger.clock)
        async with self._places:  # it computes: on the event loop every other call would wait for it
            return await asyncio.get_running_loop().run_in_executor(self._threads, run)
