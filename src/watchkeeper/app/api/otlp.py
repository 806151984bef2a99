"""OTLP on the server's own port: passed on to the ingest process, which makes it last and answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from watchkeeper.app.ingest_link import IngestLink, Passed
from watchkeeper.app.server_state import ServerState

router = APIRouter(tags=["otlp"])
_PASSED_ON = ("content-type", "content-encoding")


def link_of(request: Request) -> IngestLink:
    """The way to the ingest process."""
    state: ServerState = request.app.state.server
    return state.ingest


LinkDep = Annotated[IngestLink, Depends(link_of)]


async def _pass_on(signal: str, request: Request, link: IngestLink) -> Response:
    headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
    for name in ("authorization", "x-watchkeeper-key"):
        if name in request.headers:
            headers[name] = request.headers[name]
    return answer_of(await link.pass_on(f"/v1/{signal}", request.stream(), headers))


def answer_of(passed: Passed) -> Response:
    """What the ingest process answered, as it did."""
    return Response(passed.body, passed.status, headers=dict(passed.headers))


@router.post("/v1/traces")
async def traces(request: Request, link: LinkDep) -> Response:
    """OTLP traces: protobuf or JSON, gzip or not."""
    return await _pass_on("traces", request, link)


@router.post("/v1/metrics")
async def metrics(request: Request, link: LinkDep) -> Response:
    """OTLP metrics: protobuf or JSON, gzip or not."""
    return await _pass_on("metrics", request, link)


@router.post("/v1/logs")
async def logs(request: Request, link: LinkDep) -> Response:
    """OTLP logs: protobuf or JSON, gzip or not."""
    return await _pass_on("logs", request, link)
