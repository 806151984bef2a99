"""What a server does by itself, over and over: its loops, and how often each turns."""

from collections.abc import Callable

from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.app.budgets import BudgetRecovery
from watchkeeper.app.content_care import ContentRetention
from watchkeeper.app.day_summaries import DaySummaries
from watchkeeper.app.ingest_loading import IngestLoading
from watchkeeper.app.loops import Loop, loop_counters
from watchkeeper.app.monitoring.heartbeat import Heartbeat
from watchkeeper.app.monitoring.server_monitor import look
from watchkeeper.app.monitoring.status_lines import StatusLines
from watchkeeper.app.monitoring.telling import courier
from watchkeeper.app.receipt_heads import ReceiptHeads
from watchkeeper.app.receipt_shipping import ReceiptShipping
from watchkeeper.app.releases import canary_watch, experiment_watch
from watchkeeper.app.route_watch import RouteWatch
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.app.telemetry_care import TelemetryRetention
from watchkeeper.app.workload import DutifulWorkload
from watchkeeper.monitoring.monitor import Monitor
from watchkeeper.telemetry.ingest_preparing import Preparer

SHIPPING = "shipping"
LOADING = "loading"
HEADS = "heads"
CONTENT = "content"
RETENTION = "retention"
TELEMETRY_RETENTION = "telemetry retention"
MONITOR = "monitor"
HOST = "host"
RELEASES = "releases"
EXPERIMENTS = "experiments"
ROUTES = "routes"
COURIER = "courier"
STATUS_LINES = "status lines"
BUDGETS = "budgets"
KEYS = "keys"
DAY_SUMMARIES = "day summaries"
_SHIP_EVERY_S = 0.5
_LOAD_EVERY_S = 0.25
_HEADS_EVERY_S = 1.0
_CONTENT_EVERY_S = 60.0
_RETENTION_EVERY_S = 3600.0
_BUDGETS_EVERY_S = 5.0
_KEYS_EVERY_S = 1.0
_COURIER_EVERY_S = 1.0
_DAY_SUMMARIES_EVERY_S = 3600.0

_NOT_NEEDED = frozenset(
    {CONTENT, RETENTION, TELEMETRY_RETENTION, BUDGETS, DAY_SUMMARIES}
    | {MONITOR, COURIER, STATUS_LINES, RELEASES, EXPERIMENTS, ROUTES, HOST}
)
"""Loops without which the server answers all the same."""

Turn = tuple[str, Callable[[], object], float]
"""A loop's name, what it does each time, and the seconds between two times."""


def server_loops(
    services: Services,
    content: ContentPacks,
    monitor: Monitor,
    state: ServerState,
    *,
    preparer: Preparer,
    lines: StatusLines,
) -> tuple[Loop, ...]:
    """The loops of a server, the monitor's among them.

    Args:
        services: What the API works with.
        content: Cared for, and let go of by age and size.
        monitor: Looks at the rules.
        state: Where loops tell how they do.
        preparer: Reads the ingest log on.
        lines: Writes how each workload is.
    """
    counters = loop_counters(state.metrics)
    retention = ContentRetention(content, services.settings.content, clock=services.clock)
    beat = Heartbeat(services.data_dir, services.clock)
    letters = courier(services.settings, services.outbox, clock=services.clock)
    turns: tuple[Turn, ...] = (
        (SHIPPING, ReceiptShipping(services, state).turn, _SHIP_EVERY_S),
        (LOADING, IngestLoading(services, state, preparer).turn, _LOAD_EVERY_S),
        (HEADS, ReceiptHeads(services).turn, _HEADS_EVERY_S),
        (KEYS, services.key_refresh.turn, _KEYS_EVERY_S),
        (DAY_SUMMARIES, DaySummaries(services).turn, _DAY_SUMMARIES_EVERY_S),
        (BUDGETS, BudgetRecovery(services.budgets, state).turn, _BUDGETS_EVERY_S),
        (CONTENT, content.care, _CONTENT_EVERY_S),
        (RETENTION, retention.turn, _RETENTION_EVERY_S),
        *_telemetry_retention(services),
        *_host_loop(state),
        (RELEASES, canary_watch(services).turn, services.settings.releases.every_s),
        (EXPERIMENTS, experiment_watch(services).turn, services.settings.releases.every_s),
        (ROUTES, RouteWatch(services, state.log).turn, services.settings.releases.every_s),
        (MONITOR, lambda: look(monitor, beat), services.settings.monitoring.every_s),
        (COURIER, letters.turn, _COURIER_EVERY_S),
        (STATUS_LINES, lines.turn, services.settings.monitoring.status_every_s),
    )
    duties = _duties(services, state)
    not_needed = {*_NOT_NEEDED, *(name for name, _, _ in duties)}
    return tuple(
        Loop(
            name,
            turn,
            every_s=every_s,
            readiness=state.readiness,
            counters=counters,
            log=state.log,
            needed=name not in not_needed,
            # A rule that cannot be read must not delay the look at all others, nor alarm the watchdog.
            punctual=name == MONITOR,
        )
        for name, turn, every_s in (*turns, *duties)
    )


def _host_loop(state: ServerState) -> tuple[Turn, ...]:
    if state.host is None:
        return ()
    return ((HOST, state.host.turn, state.settings.monitoring.host.every_s),)


def _telemetry_retention(services: Services) -> tuple[Turn, ...]:
    """The embedded engine's; a ClickHouse lets go by its own rules."""
    store = services.telemetry
    if not isinstance(store, DuckDbTelemetry):
        return ()
    settings = services.settings.telemetry
    retention = TelemetryRetention(store, settings, data_dir=services.data_dir, clock=services.clock)
    return ((TELEMETRY_RETENTION, retention.turn, _RETENTION_EVERY_S),)


def _duties(services: Services, state: ServerState) -> tuple[Turn, ...]:
    """What workloads have their server do."""
    return tuple(
        (duty.name, duty.turn, duty.every_s)
        for workload in state.workloads.values()
        if isinstance(workload, DutifulWorkload)
        for duty in workload.duties(services)
    )
