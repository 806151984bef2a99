"""What one running server knows; every request finds it in the application's state."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watchkeeper.app.agreement_memo import AgreementMemo
from watchkeeper.app.client import KEY_HEADER
from watchkeeper.app.idle_exit import IdleWatch
from watchkeeper.app.ingest_link import IngestLink
from watchkeeper.app.key_ring import key_ring
from watchkeeper.app.metrics import Metrics
from watchkeeper.app.monitoring.host_watch import HostWatch
from watchkeeper.app.readiness import Readiness
from watchkeeper.app.server_log import Log
from watchkeeper.app.services import Services
from watchkeeper.app.settings import Settings
from watchkeeper.app.workload import Workload
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.gateway.keys.ring import KeyRing
from watchkeeper.monitoring.monitor import Monitor
from watchkeeper.monitoring.rules.rule import Rule


@dataclass(slots=True, kw_only=True)
class ServerState:
    """One running server."""

    settings: Settings
    data_dir: Path
    clock: Clock
    ids: IdSource
    log: Log
    metrics: Metrics
    readiness: Readiness
    idle: IdleWatch
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    agreement: AgreementMemo = field(default_factory=AgreementMemo)
    host: HostWatch | None = None
    """None until the engines are up, and where the machine is not read."""
    monitor: Monitor | None = None
    """None until the engines are up."""
    services: Services | None = None
    """None until the engines are up."""
    ring: KeyRing = field(init=False, repr=False)
    """The keys there are."""
    ingest: IngestLink = field(init=False, repr=False)
    """The way to the process that takes telemetry."""
    inner_key: str = field(default_factory=lambda: f"wk-inner-{secrets.token_hex(24)}", repr=False)
    """What the server's own pages send; it never leaves the process."""

    def __post_init__(self) -> None:
        self.ring = key_ring(self.settings)
        self.ingest = IngestLink(self.data_dir)

    def ingest_key(self) -> Mapping[str, str]:
        """What the server sends along when it speaks for itself, where the ingest process asks for a key."""
        key = next(iter(self.settings.server.keys), None)
        return {} if key is None else {KEY_HEADER: key.get_secret_value()}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules the monitor looks at."""
        return () if self.monitor is None else self.monitor.rules

    @property
    def every_rule(self) -> tuple[Rule, ...]:
        """The rules, with those of what the monitor looks at beside them."""
        look = None if self.monitor is None else self.monitor.last_look
        return self.rules if look is None else (*self.rules, *look.beside)

    def ready_services(self) -> Services:
        """The services.

        Raises:
            UnavailableError: The engines are not up yet, or no more.
        """
        if self.services is None:
            why = "; ".join(self.readiness.reasons()) or "it is stopping"
            raise UnavailableError(
                f"the server is not ready: {why}", action="ask again in a moment; `/readyz` tells the reasons"
            )
        return self.services
