"""Probes: is the process alive, is it ready and if not why, and its figures."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse

from watchkeeper.app.api.dependencies import StateDep
from watchkeeper.app.metrics import CONTENT_TYPE

router = APIRouter(tags=["probes"])
_NOT_READY = 503


@router.get("/healthz")
async def healthz(state: StateDep) -> dict[str, Any]:
    """The process is alive; it names its data folder, so that a stranger's server is recognised."""
    return {"ok": True, "data_dir": str(state.data_dir)}


@router.get("/readyz", responses={_NOT_READY: {"description": "Not ready; the reasons are inside."}})
async def readyz(state: StateDep) -> JSONResponse:
    """Whether every needed part is up: the engines and what ships receipts to them."""
    reasons = state.readiness.reasons()
    ready = state.services is not None and not reasons
    body = {
        "ready": ready,
        "reasons": list(reasons),
        "parts": {name: asdict(part) for name, part in state.readiness.parts().items()},
    }
    return JSONResponse(body, 200 if ready else _NOT_READY)


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(state: StateDep) -> PlainTextResponse:
    """The figures of the process, of calls and of budgets for Prometheus; in a thread, for it asks stores."""
    return PlainTextResponse(state.metrics.exposition(), media_type=CONTENT_TYPE)
