"""A call on its way: what came in, where it goes to, and what has happened to it so far."""

from dataclasses import dataclass, field

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.chat_task import ChatTask
from watchkeeper.gateway.ports import ChatEngine, ReplySink
from watchkeeper.gateway.rate_limit import Taken
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.lane import Lane
from watchkeeper.gateway.relay.relay_receipt import Told
from watchkeeper.gateway.relay.request import ClientRequest
from watchkeeper.gateway.route_plan import Skip, Step
from watchkeeper.gateway.routes import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a call goes."""

    name: str
    """As the client named it."""
    route: Route
    named: bool
    """Whether a configured route was named; else the route stands for one target."""
    reuses_embeddings: bool = False
    """Whether an embedding may be given again: the route is named, and all its targets have one model."""
    passthrough: Lane | None = None
    """The way out for a call that is passed through."""


NOWHERE = Destination(name="", route=Route(name="", targets=()), named=False)
"""Of a call that was not admitted yet."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One call; every stage of the relay reads it, and the ledger writes its receipts."""

    request: ClientRequest
    sink: ReplySink
    told: Told
    """What its receipts say alike."""
    started_s: float
    """On the monotonic clock."""
    receipts: list[Receipt] = field(default_factory=list)
    """Of its attempts, or of its refusal; oldest first."""
    attempts: int = 0
    error: WatchkeeperError | None = None
    """Why it could not be answered."""
    destination: Destination = field(default=NOWHERE)
    cache_key: bytes | None = None
    """Under which its answer may be kept."""
    delivered: str = ""
    """The text a stream has given the client before it broke off."""
    refused_by: Attempted | None = None
    """The last attempt, where a provider has answered it with words of its own."""
    step: Step | None = None
    """The step of the plan that has answered."""
    last_resort: Step | None = None
    """The baseline engine in its plan: run by whoever asked, when nobody else has answered."""
    engine: ChatEngine | None = None
    """The engine that may answer it over HTTP; in this process the caller has it."""
    engine_task: ChatTask | None = None
    """What that engine is given."""
    skipped: tuple[Skip, ...] = ()
    """Whom the plan left out, and why."""
    taken: Taken | None = None
    """What it has taken of its key's minute."""
