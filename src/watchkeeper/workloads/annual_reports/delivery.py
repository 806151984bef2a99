"""A run's results to the server: kept back while it is away, delivered when it answers again."""

from collections.abc import Callable
from dataclasses import dataclass, field

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import UnavailableError

Request = Callable[[ApiClient], object]


@dataclass(slots=True)
class Delivery:
    """Requests in order; one that finds no server waits, and everything after it with it."""

    client: ApiClient
    pending: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> None:
        """Send a request as soon as the server answers."""
        self.pending.append(request)
        self.flush()

    def flush(self) -> bool:
        """Send what waits; whether nothing waits any more."""
        while self.pending:
            try:
                self.pending[0](self.client)
            except UnavailableError:
                return False
            self.pending.pop(0)
        return True
