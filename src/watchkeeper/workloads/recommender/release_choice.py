"""Which release a query is answered with: that of its arm in an experiment, else by shares of the traffic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event, Lock, Thread

from watchkeeper.app.client import ApiClient
from watchkeeper.app.division_at_server import division_of
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.releases.division import Division
from watchkeeper.workloads.recommender.receipted import WORKLOAD
from watchkeeper.workloads.recommender.weighting import SHIPPED, Weighting, weights_of

LOOK_S = 5.0
"""Seconds between two looks at the releases of a service."""
_END_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class ReleaseChoice:
    """The releases that have traffic, each with its weights; none where no release is live."""

    division: Division | None = None
    weights: Mapping[str, Mapping[str, float]] | None = None
    """By the release's id."""

    def of(self, subject: str) -> Weighting:
        """What a subject's queries are answered with."""
        if self.division is None or self.weights is None:
            return Weighting(weights=SHIPPED)
        chosen = self.division.of(subject)
        return Weighting(
            weights=self.weights[chosen.release_id],
            release=chosen.release_id,
            subject=subject,
            experiment=chosen.experiment,
            arm=chosen.arm,
        )


NO_RELEASE = ReleaseChoice()


def release_choice(client: ApiClient) -> ReleaseChoice:
    """The releases that have traffic now.

    Raises:
        InvalidInputError: One pins what the recommender does not have.
        WatchkeeperError: The server does not answer, or refuses to.
    """
    found = division_of(client, WORKLOAD)
    if found is None:
        return NO_RELEASE
    return ReleaseChoice(found.division, {name: weights_of(pins) for name, pins in found.pins.items()})


class FollowedReleases:
    """The choice of a service that stays up: looked at anew, and kept while the server is away."""

    def __init__(
        self, connect: Callable[[], ApiClient | None], *, warn: Callable[[str], None], every_s: float = LOOK_S
    ) -> None:
        """Look once, and begin to follow.

        Args:
            connect: The server as it is now; None while there is none.
            warn: Told once of each thing that keeps releases from being followed.
            every_s: Seconds between two looks.
        """
        self._connect = connect
        self._warn = warn
        self._every_s = every_s
        self._lock = Lock()
        self._choice = NO_RELEASE
        self._told: str | None = None
        self._stopping = Event()
        self._look()
        self._thread = Thread(target=self._run, name="recommender-releases", daemon=True)
        self._thread.start()

    def of(self, subject: str) -> Weighting:
        """What a subject's queries are answered with."""
        with self._lock:
            choice = self._choice
        return choice.of(subject)

    def close(self) -> None:
        """Follow no more."""
        self._stopping.set()
        self._thread.join(_END_WITHIN_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            self._look()

    def _look(self) -> None:
        """Queries go on with what was known: a server that is away takes no release from anybody."""
        try:
            client = self._connect()
            if client is None:
                return
            with client:
                found = release_choice(client)
        except WatchkeeperError as failure:
            if failure.message != self._told:
                self._told = failure.message
                self._warn(f"releases are not followed: {failure.message}")
            return
        self._told = None
        with self._lock:
            self._choice = found
