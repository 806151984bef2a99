"""What the call path needs from outside: targets to call, and where receipts go."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from watchkeeper.domain.errors import TargetError
from watchkeeper.domain.money import Cost, Spender
from watchkeeper.domain.receipt import Receipt


class BaselineEngine(Protocol):
    """A deterministic engine that does a model's job without one; a workload registers its own."""

    @property
    def name(self) -> str:
        """What calls name it by."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever it may answer differently."""
        ...

    def run(self, baseline_input: object, /) -> object:
        """Its answer to a call's `baseline_input`; any exception is a failed call with a receipt."""
        ...


@runtime_checkable
class ChatEngine(BaselineEngine, Protocol):
    """A baseline engine that answers chats over HTTP too, as the last tier of a route.

    It is asked off the event loop, from several threads at once. Its `run` is then given a
    `watchkeeper.gateway.chat_task.ChatTask` and answers with a text, or, where the task has a JSON schema,
    with the object that must fit it.
    """

    def takes(self, agent: str | None, /) -> bool:
        """Whether it answers chats of this agent of its workload; quick, and the same each time."""
        ...


class ReceiptSink(Protocol):
    """Where receipts are written; called from many threads at once."""

    def write(self, receipt: Receipt, /) -> None:
        """Write one.

        Raises:
            StorageFullError: It could not be written; it does not count.
        """
        ...


class ContentSink(Protocol):
    """Where requests and replies are kept; called from many threads at once."""

    def put(self, workload: str, data: bytes, media_type: str, /) -> str:
        """Keep content, redacted, and give the sha256 it is kept under (also when it is opted out).

        Raises:
            StorageFullError: It could not be written.
        """
        ...


class Answer(Protocol):
    """A provider's answer as it arrives over HTTP; taken by one task."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by lower-case name."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether all of it has come and was taken."""
        ...

    async def piece(self) -> bytes | None:
        """The next bytes of the body; None at its end.

        Raises:
            Exception: The exchange broke; `ModelTarget.broken` words it.
        """
        ...

    async def feed(self, take: Callable[[bytes], bool], /) -> bool:
        """Hand on every piece at the moment it comes; for streams, where a task's turn a piece costs most.

        Args:
            take: Given the next bytes, all that are there; it raises nothing, and says whether to go on.

        Returns:
            Whether the body is at its end; False where `take` did not want to go on.

        Raises:
            Exception: As `piece` does.
        """
        ...

    async def whole(self, most_bytes: int, /) -> bytes:
        """The whole body; raises as `piece` does, and where it is longer."""
        ...

    def abandon(self) -> None:
        """Take no more of it."""
        ...


class ModelTarget(Protocol):
    """One model behind HTTP, as the relay calls it; for one event loop.

    Only it reads the provider's statuses and codes.
    """

    @property
    def name(self) -> str:
        """What calls and routes name it by."""
        ...

    @property
    def dialect(self) -> str:
        """`openai` or `anthropic`."""
        ...

    @property
    def provider(self) -> str:
        """As receipts and prices name it."""
        ...

    @property
    def model(self) -> str:
        """The model asked for, as the provider knows it; empty for whatever the client names."""
        ...

    async def open(self, operation: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a request and wait for status and headers, however long that takes.

        Raises:
            TargetNotReachedError: Nothing was sent.
            TargetUnreachableError: It broke off after the request was sent.
            InvalidInputError: It has no such operation, or a header cannot be passed on.
        """
        ...

    async def refusal(self, answer: Answer, /) -> tuple[TargetError, bytes]:
        """What a status of 300 or more stands for, and the provider's own words, for the client alone."""
        ...

    def late(self, within_s: float) -> TargetError:
        """What to call an answer that did not come, or went on, within so many seconds."""
        ...

    def broken(self, failure: Exception) -> TargetError:
        """What to call an exchange that broke after the request was sent."""
        ...

    def malformed(self, what: str, *, http_status: int) -> TargetError:
        """What to call an answer that is no reply of its dialect."""
        ...


class ReplySink(Protocol):
    """Where a reply goes: an HTTP client, or a caller in this process.

    It takes whatever it is given, and says when it should be given no more for a while.
    """

    ends_with_client: bool
    """Whether the call is to be broken off when the client hangs up; the relay says so."""

    @property
    def gone(self) -> bool:
        """Whether nobody waits for it any more."""
        ...

    async def room(self) -> None:
        """Wait until it takes more, or nobody waits for it any more."""
        ...

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Begin the reply."""
        ...

    def write(self, piece: bytes) -> bool:
        """More of its body; whether it takes more at once, rather than after `room`."""
        ...

    def end(self, piece: bytes = b"") -> None:
        """The last of its body, if any is left; it is whole."""
        ...

    def whole(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """A reply that is there already, from its start to its end."""
        ...


class Pricer(Protocol):
    """What calls cost; asked on the path of every call, so it answers from memory."""

    def cost(
        self, provider: str, model: str, usage: Mapping[str, object], *, flavor: str, at: datetime
    ) -> Cost:
        """What a call cost, from the provider's own usage block; an unknown price is unknown, never 0.

        Args:
            provider: As the price table names it, such as `openai`.
            model: The model that answered.
            usage: The block as the provider sent it.
            flavor: Its shape: `chat`, `embeddings` or `anthropic`.
            at: When the call was made; prices have dates.
        """
        ...

    def bound(
        self,
        provider: str,
        model: str,
        *,
        input_tokens: int,
        output_tokens: int,
        at: datetime,
        service_tier: object = None,
        speed: object = None,
    ) -> Decimal | None:
        """The most, in USD, that so many tokens can cost, whatever the kind; None where no price is known.

        `service_tier` and `speed` are what the request asks for: without a tier the dearest counts that
        the provider may choose.
        """
        ...


class Hold(Protocol):
    """Money set aside for one attempt; ended once, by one of the three, and never raises."""

    def settle(self, cost_usd: Decimal) -> None:
        """The attempt cost so much; what is left of the hold is free again."""
        ...

    def release(self) -> None:
        """Nothing was sent, so nothing was spent."""
        ...

    def leave_unsettled(self) -> None:
        """What it cost is not known: the whole hold stays held, shown as unsettled (law 3)."""
        ...


class Purse(Protocol):
    """The budgets of calls, as one process may spend them."""

    async def hold(self, spender: Spender, bound_usd: Decimal | None) -> Hold:
        """Set money aside in every budget the spender falls under; journalled before it returns.

        Args:
            spender: Who spends.
            bound_usd: The most the attempt can cost; None where no price is known.

        Raises:
            BudgetSpentError: A hard limit leaves no room; the message names budget, spent, limit, reset.
            PriceUnknownError: A hard limit applies and the price is not known.
            UnavailableError: The lease is spent or over, and the bank cannot be reached.
        """
        ...
