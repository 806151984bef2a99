"""The recommender over HTTP: `POST /recommend`, `GET /recommend`, `GET /health`."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, JsonValue

from watchkeeper.app.api.error_replies import error_reply
from watchkeeper.domain.errors import InvalidInputError, WatchkeeperError
from watchkeeper.sdk import Handle
from watchkeeper.workloads.recommender.components import ComponentHealth
from watchkeeper.workloads.recommender.recommender import EMBEDDING, STRATEGIES, Recommender
from watchkeeper.workloads.recommender.release_choice import NO_RELEASE
from watchkeeper.workloads.recommender.weighting import Weighting


class RecommendBody(BaseModel):
    """What is asked for; `recommend` says what is wrong with it, in words."""

    model_config = ConfigDict(extra="forbid")
    query: JsonValue = None
    top_k: JsonValue = 10


SUBJECT_HEADER = "x-watchkeeper-subject"
"""Whom a query is for: the same subject is answered with the same release. Without it, the query's words."""

Subject = Annotated[str | None, Header(alias=SUBJECT_HEADER)]


def service(
    recommender: Recommender,
    handle: Handle,
    *,
    weighting_of: Callable[[str], Weighting] = NO_RELEASE.of,
) -> FastAPI:
    """The application; a served answer is 200, a wrong question 400, nothing to serve 503 (X5).

    Args:
        recommender: Answers.
        handle: Where defects are told.
        weighting_of: What a subject's queries are answered with.
    """
    api = FastAPI(title="Recommender", docs_url=None, redoc_url=None)

    @api.exception_handler(WatchkeeperError)
    def _ours(request: Request, error: WatchkeeperError) -> JSONResponse:
        return error_reply(error, request_id=request.headers.get("x-request-id", ""))

    @api.exception_handler(RequestValidationError)
    def _not_valid(request: Request, error: RequestValidationError) -> JSONResponse:
        places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        told = InvalidInputError(f"the request is not valid: {places}", action="see /openapi.json")
        return error_reply(told, request_id=request.headers.get("x-request-id", ""))

    @api.exception_handler(Exception)
    def _defect(request: Request, error: Exception) -> JSONResponse:
        handle.recorder.log("system", "error", "request failed", {"error": type(error).__name__})
        told = WatchkeeperError("the recommender failed on this request", action="system.jsonl says more")
        return error_reply(told, request_id=request.headers.get("x-request-id", ""))

    @api.post("/recommend")
    def recommend(body: RecommendBody, subject: Subject = None) -> dict[str, Any]:
        weighting = weighting_of(subject or str(body.query))
        return recommender.recommend(body.query, body.top_k, weighting=weighting).body()

    @api.get("/recommend")
    def recommend_by_link(query: str = "", top_k: int = 10, subject: Subject = None) -> dict[str, Any]:
        return recommender.recommend(query, top_k, weighting=weighting_of(subject or query)).body()

    @api.get("/health")
    def health() -> JSONResponse:
        found = recommender.components.health()
        state = overall(found)
        components = {name: _told(one) for name, one in found.items()}
        body = {"state": state, "components": components, "embedding": EMBEDDING}
        return JSONResponse(body, 503 if state == "down" else 200)

    @api.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    return api


def overall(components: Mapping[str, ComponentHealth]) -> str:
    """`ok`, `degraded`, `down` (every component fails), or `unknown` (nobody has asked yet)."""
    states = [components[name].state for name, _ in STRATEGIES]
    if "failing" in states:
        return "down" if set(states) == {"failing"} else "degraded"
    return "ok" if "ok" in states else "unknown"


def _told(one: ComponentHealth) -> dict[str, object]:
    return {"state": one.state, "calls": one.calls, "failed": one.failed, "last_error": one.last_error}
