"""A run's results to the server: kept back while it is away, delivered when it answers again."""

from collections.abc import Callable
from dataclasses import dataclass, field

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import UnavailableError, WatchkeeperError

Request = Callable[[ApiClient], object]


@dataclass(slots=True)
class Delivery:
    """Requests in order; one that finds no server waits, and everything after it with it."""

    client: ApiClient
    pending: list[Request] = field(default_factory=list)
    refused: list[WatchkeeperError] = field(default_factory=list)
    """Why the server would not take what it was sent; such a request is not sent again."""

    @property
    def undelivered(self) -> int:
        """Requests the server did not take."""
        return len(self.pending) + len(self.refused)

    def send(self, request: Request) -> None:
        """Send a request as soon as the server answers."""
        self.pending.append(request)
        self.flush()

    def post(self, path: str, body: object) -> None:
        """Send it by POST."""
        self.send(lambda client: client.post(path, body))

    def put(self, path: str, body: object) -> None:
        """Send it by PUT."""
        self.send(lambda client: client.put(path, body))

    def flush(self) -> bool:
        """Send what waits; whether nothing waits any more."""
        while self.pending:
            try:
                self.pending[0](self.client)
            except UnavailableError:
                return False
            except WatchkeeperError as refusal:
                self.refused.append(refusal)
            self.pending.pop(0)
        return True

    def flush_to(self, client: ApiClient) -> bool:
        """Send what waits to another server of the same data; it gets what comes after, too."""
        self.client = client
        return self.flush()
