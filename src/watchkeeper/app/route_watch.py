"""The watch over traffic that was moved: back to the route's first target when another does badly."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from watchkeeper.app.configured_routes import configured_routes
from watchkeeper.app.server_log import Log
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import ConflictError
from watchkeeper.domain.errors.answers import OutputRejectedError, SchemaMismatchError
from watchkeeper.domain.span import Span
from watchkeeper.gateway.orders.order import Order, OrderKind
from watchkeeper.gateway.orders.traffic import returned, route_traffic
from watchkeeper.gateway.orders.traffic_watch import TargetRecord, breach
from watchkeeper.gateway.route_shares import weights_text
from watchkeeper.gateway.routes import Route
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.span_filter import SpanFilter

WATCHER = "route watch"
"""Who gives the orders that nobody gave."""
_REJECTED = frozenset({OutputRejectedError.code, SchemaMismatchError.code})
_CALLS = 5_000
"""Of a target in one look, the newest."""


class RouteWatch:
    """Looks at the targets that operators gave traffic to; one of the server's loops."""

    def __init__(self, services: Services, log: Log) -> None:
        self._services = services
        self._log = log
        self._settings = services.settings.releases.traffic

    def turn(self) -> tuple[Order, ...]:
        """Look once at every route whose weights were set by hand; the orders that came of it."""
        if not self._settings.watched:
            return ()
        routes = configured_routes(self._services.settings)
        found = []
        for order in self._services.orders.orders.in_force():
            route = routes.get(order.about.get("route", ""))
            if order.kind == OrderKind.ROUTE_WEIGHTS and route is not None:
                found += self._looked_at(route, order)
        return tuple(found)

    def _looked_at(self, route: Route, order: Order) -> list[Order]:
        now = self._services.clock.now()
        traffic = route_traffic(
            route, self._services.orders.orders.in_force(), self._services.orders.reports(), now=now
        )
        # What it did before it was given this traffic says nothing of how it bears it.
        since = max(order.given_at, now - timedelta(seconds=self._settings.window_s))
        for share in traffic.shares[1:]:
            why = breach(self._record(route, share.target, since), self._settings.triggers())
            if not share.weight or why is None:
                continue
            try:
                weights = returned(route, traffic)
            except ConflictError as refused:
                self._log.error("traffic cannot go back", route=route.name, why=why, refused=refused.message)
                return []
            about = {"route": route.name, "weights": weights_text(weights)}
            reason = f"{share.target}: {why}"
            return [self._services.orders.give(OrderKind.ROUTE_WEIGHTS, about, by=WATCHER, reason=reason)]
        return []

    def _record(self, route: Route, target: str, since: datetime) -> TargetRecord:
        which = SpanFilter(
            route=route.name, target=target, since_ns=ns_of(since), gateway_only=True, cached=False
        )
        return record_of(self._services.telemetry.newest(which, _CALLS))


def record_of(calls: Sequence[Span]) -> TargetRecord:
    """What calls of a target add up to."""
    well = sorted(call.duration_ns for call in calls if call.ok)
    rejected = sum(call.error_code in _REJECTED for call in calls)
    return TargetRecord(
        calls=len(calls),
        failed=sum(not call.ok for call in calls) - rejected,
        rejected=rejected,
        p95_ms=well[math.ceil(0.95 * len(well)) - 1] / 1e6 if well else None,
    )
