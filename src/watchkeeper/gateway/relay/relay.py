"""The one way of every call with a body: admitted, looked up, planned, tried, answered, receipted.

In front of it stands HTTP, or a caller in this process; behind it the targets. It is for one event loop.
"""

from dataclasses import dataclass

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.gateway.ports import ReplySink
from watchkeeper.gateway.relay.admission import Admission
from watchkeeper.gateway.relay.answers import Answers
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.last_resort import LastResort
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.planning import Planning
from watchkeeper.gateway.relay.request import ClientRequest
from watchkeeper.gateway.relay.rounds import Rounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Takes calls to their targets and leaves a receipt for every attempt and every refusal."""

    admission: Admission
    planning: Planning
    answers: Answers
    rounds: Rounds
    last_resort: LastResort
    ledger: Ledger

    async def serve(self, request: ClientRequest, sink: ReplySink) -> Call:
        """Answer a call; what became of it, with its receipts.

        Raises:
            WatchkeeperError: It could not be answered, and nothing was sent; its receipts are written. A
                provider's own refusal of the request is given to the client as it came, and not raised.
        """
        call = self.ledger.begin(request, sink)
        await self.carry(call)
        return call

    async def carry(self, call: Call) -> None:
        """Answer a call that has begun; raises as `serve` does, and then `call.error` tells why."""
        request = call.request
        try:
            call.destination = self.planning.destination(request.facts.model, request.dialect)
            self.ledger.routed(call, route=call.destination.name if call.destination.named else None)
            call.sink.ends_with_client = call.destination.route.on_hang_up == "cancel"
            self.last_resort.prepare(call)
            self.admission.admit(call)
            if not self.answers.from_cache(call):
                await self._asked(call)
        except WatchkeeperError as error:
            await self._failed(call, error)
        finally:
            self.admission.ended(call)

    async def _failed(self, call: Call, error: WatchkeeperError) -> None:
        """Answer in another way, or raise."""
        call.error = error
        if await self.last_resort.answered(call, error):
            call.error = None
            return
        in_process = call.last_resort is not None and call.engine is None
        if not call.receipts and not in_process:
            self.ledger.refused(call, error)
        if not self.answers.in_providers_words(call):
            error.receipt_id = call.receipts[-1].receipt_id if call.receipts else None
            raise error

    async def _asked(self, call: Call) -> None:
        known = self.answers.known_embeddings(call)
        if known is not None and not known.lookup.missing:
            self.answers.embedded(call, known, None)
            return
        if not call.request.facts.stream:
            if known is not None and self.answers.embeddings is not None:
                call.request = self.answers.embeddings.rest(call.request, known)
            made = await self.rounds.run(call, None)
            if known is not None:
                self.answers.embedded(call, known, made)
            else:
                self.answers.whole(call, made)
            return
        delivery = self.answers.delivery(call)
        made = await self.rounds.run(call, delivery)
        self.answers.ended(call, made, delivery)
