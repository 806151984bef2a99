"""The application: probes, resources under `/api/v1`, and the pages behind them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from watchkeeper.app.api import (
    alerts,
    anomalies,
    budgets,
    calls,
    canaries,
    coaching,
    coaching_criteria,
    coaching_hand,
    coaching_instructions,
    components,
    costs,
    dashboard,
    documents,
    drift,
    evaluation_judges,
    evaluation_runs,
    experiments,
    figures,
    gateway,
    golden_examples,
    health,
    host,
    keys,
    mutes,
    notifications,
    oncall,
    orders,
    otlp,
    probes,
    queries,
    receipts,
    records,
    releases,
    route_weights,
    rules,
    runs,
    series,
    slos,
    stats,
    status,
    telemetry,
    traces,
    twins,
)
from watchkeeper.app.api.access import Access
from watchkeeper.app.api.error_replies import install_error_replies
from watchkeeper.app.api.request_log import RequestLog
from watchkeeper.app.call_metrics import CallMetrics
from watchkeeper.app.client import API_PREFIX
from watchkeeper.app.server_state import ServerState
from watchkeeper.domain.errors import NotFoundError

RESOURCES: tuple[APIRouter, ...] = (
    alerts.router,
    anomalies.router,
    budgets.router,
    calls.router,
    canaries.router,
    coaching.router,
    coaching_criteria.router,
    coaching_hand.router,
    coaching_instructions.router,
    components.router,
    costs.router,
    dashboard.router,
    documents.router,
    drift.router,
    evaluation_judges.router,
    evaluation_runs.router,
    figures.router,
    gateway.router,
    golden_examples.router,
    health.router,
    host.router,
    keys.router,
    mutes.router,
    notifications.router,
    oncall.router,
    orders.router,
    queries.router,
    receipts.router,
    route_weights.router,
    rules.router,
    records.router,
    releases.router,
    experiments.router,
    runs.router,
    series.router,
    slos.router,
    stats.router,
    status.router,
    telemetry.router,
    traces.router,
    twins.router,
)
"""The resources under `/api/v1`, one router a file of this folder."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build_application(state: ServerState, *, lifespan: Lifespan, pages: ASGIApp) -> FastAPI:
    """The application of a server.

    Args:
        state: What the server knows.
        lifespan: What runs while it answers.
        pages: What answers everything that is not the API's.
    """
    api = FastAPI(
        title="Watchkeeper",
        version=version("watchkeeper"),
        lifespan=lifespan,
        # The stock pages of documentation load scripts from elsewhere; ours work with no network.
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(RequestLog, state=state), Middleware(Access, state=state)],
    )
    api.state.server = state
    CallMetrics(state)
    install_error_replies(api)
    api.include_router(probes.router)
    api.include_router(otlp.router)
    for router in (*RESOURCES, *_of_workloads(state)):
        api.include_router(router, prefix=API_PREFIX)
    everything_else = APIRouter()
    everything_else.add_api_route(
        "/{path:path}", _no_such_resource, methods=list(_METHODS), include_in_schema=False
    )
    api.include_router(everything_else, prefix=API_PREFIX)
    api.mount("/", pages)
    return api


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _of_workloads(state: ServerState) -> Iterator[APIRouter]:
    for workload in state.workloads.values():
        yield from workload.routers()


async def _no_such_resource(path: str) -> None:
    """Answer here what would otherwise fall through to the pages."""
    raise NotFoundError(f"there is no resource {path!r}", action="see /openapi.json for what there is")
