"""The gateway's HTTP surface: OpenAI's and Anthropic's paths, probes and figures.

A plain ASGI application: a framework's routing and validation would cost more than the rest of a call.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson
from starlette.types import Receive, Scope, Send

from watchkeeper.app.gateway.asgi_sink import AsgiSink
from watchkeeper.app.gateway.gateway_state import RECEIPTS, GatewayState
from watchkeeper.app.gateway.incoming import (
    ClientGoneError,
    Headers,
    body_of,
    caller_of,
    headers_of,
    key_of,
    provider_key_headers,
)
from watchkeeper.app.gateway.openapi import openapi
from watchkeeper.domain.errors import (
    InvalidInputError,
    NotFoundError,
    RequestTooLargeError,
    RequestTooSlowError,
    StorageFullError,
    TargetError,
    WaitError,
    WatchkeeperError,
)
from watchkeeper.gateway.dialects import Dialect, Operation, error_body, read_request
from watchkeeper.gateway.keys.api_key import KEY_PREFIX
from watchkeeper.gateway.relay.caller import Caller
from watchkeeper.gateway.relay.request import ClientRequest

_JSON = {"content-type": "application/json"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surface:
    """One path with a body."""

    dialect: Dialect
    operation: Operation


SURFACES = {
    "/v1/chat/completions": Surface(Dialect.OPENAI, Operation.CHAT),
    "/v1/embeddings": Surface(Dialect.OPENAI, Operation.EMBEDDINGS),
    "/v1/messages": Surface(Dialect.ANTHROPIC, Operation.CHAT),
}
Handler = Callable[[Scope, AsgiSink], Awaitable[None]]


class GatewayApplication:
    """The ASGI application of one worker."""

    def __init__(self, state: GatewayState) -> None:
        self._state = state
        self._gets: dict[str, Handler] = {
            "/v1/models": self._models,
            "/healthz": self._healthz,
            "/readyz": self._readyz,
            "/metrics": self._metrics,
            "/openapi.json": self._openapi,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        sink = AsgiSink(send)
        surface = SURFACES.get(scope["path"])
        if surface is not None and scope["method"] == "POST":
            await self._call(scope, receive, sink, surface)
            return
        handler = self._gets.get(scope["path"])
        if handler is not None and scope["method"] in {"GET", "HEAD"}:
            await handler(scope, sink)
            return
        await self._not_here(scope, sink, known=surface is not None or handler is not None)

    async def _call(self, scope: Scope, receive: Receive, sink: AsgiSink, surface: Surface) -> None:
        """A call with a body, to its end; the last line of defence against defects of ours."""
        state = self._state
        caller: Caller | None = None
        served = False
        state.in_flight += 1
        try:
            headers = headers_of(scope)
            caller = self._caller(headers)
            body = await body_of(
                receive,
                headers,
                most_bytes=state.settings.gateway.max_body_bytes,
                within_s=state.settings.gateway.body_within_s,
            )
            request = _request(surface, body, caller)
            state.check_receipts()
            served = True
            await self._serve(request, receive, sink)
        except ClientGoneError:
            sink.gone = True
        except asyncio.CancelledError:
            if not sink.gone:
                raise
        except WatchkeeperError as error:
            await self._refused(sink, surface, error, None if served else caller or Caller())
        except Exception:  # noqa: BLE001 - a request ends here: logged, receipted, answered
            _log.exception("a call failed by a defect")
            defect = WatchkeeperError(
                "the gateway failed by a defect of its own", action="report it; its log holds the whole trace"
            )
            await self._refused(sink, surface, defect, None if served else caller or Caller())
        finally:
            state.in_flight -= 1

    async def _serve(self, request: ClientRequest, receive: Receive, sink: AsgiSink) -> None:
        """Serve, and notice should the client hang up meanwhile."""
        watch: asyncio.Task[None] | None = None
        serving = asyncio.current_task()

        def begin_watch() -> None:
            nonlocal watch
            watch = asyncio.create_task(_watch(receive, sink, serving))

        # Most calls end before it matters; a task for each would cost more than it tells.
        timer = asyncio.get_running_loop().call_later(_WATCH_AFTER_S, begin_watch)
        try:
            await self._state.relay.serve(request, sink)
        finally:
            timer.cancel()
            if watch is not None:
                watch.cancel()

    def _caller(self, headers: Headers) -> Caller:
        """Who calls: what the headers say, held to what the key allows.

        Raises:
            KeyRefusedError: A key of ours is needed, or the one that came is not good.
            KeyForbiddenError: The key may not do this.
            UnavailableError: The keys have not been read yet.
            InvalidInputError: A header of ours holds what no name may.
        """
        return caller_of(
            headers,
            grant=self._state.keys.admit(key_of(headers)),
            credentials=provider_key_headers(headers, KEY_PREFIX.encode()),
        )

    async def _refused(
        self, sink: AsgiSink, surface: Surface, error: WatchkeeperError, unread: Caller | None
    ) -> None:
        """Answer a call that failed.

        Args:
            sink: Where the answer goes.
            surface: Where it came in.
            error: Why.
            unread: Whose request it was that never came to be served, and so has no receipt yet.
        """
        try:
            if unread is not None:
                self._state.relay.ledger.refused_unread(unread, surface.operation, error)
        except StorageFullError as full:
            error = full
        if isinstance(error, StorageFullError):
            self._state.problems[RECEIPTS] = error.message
        await self._refuse(sink, surface.dialect, error)

    async def _refuse(self, sink: AsgiSink, dialect: Dialect, error: WatchkeeperError) -> None:
        if sink.started or sink.gone:
            return
        headers = dict(_JSON)
        if isinstance(error, RequestTooLargeError | RequestTooSlowError):
            headers["connection"] = "close"  # the rest of its body is not waited for
        retry_after_s = error.retry_after_s if isinstance(error, TargetError | WaitError) else None
        if retry_after_s is not None:
            headers["retry-after"] = str(max(1, round(retry_after_s + 0.5)))
        await sink.whole(error.status, headers, orjson.dumps(error_body(dialect, error)))

    async def _not_here(self, scope: Scope, sink: AsgiSink, *, known: bool) -> None:
        if known:
            body = error_body(Dialect.OPENAI, InvalidInputError(f"{scope['path']} takes another method"))
            await sink.whole(
                405, {**_JSON, "allow": "GET" if scope["path"] in self._gets else "POST"}, orjson.dumps(body)
            )
            return
        error = NotFoundError(
            f"the gateway has no {scope['path'][:200]!r}",
            action=f"it has {', '.join([*SURFACES, *self._gets])}",
        )
        await self._refuse(sink, Dialect.OPENAI, error)

    async def _models(self, scope: Scope, sink: AsgiSink) -> None:
        headers = headers_of(scope)
        dialect = Dialect.ANTHROPIC if b"anthropic-version" in headers else Dialect.OPENAI
        try:
            caller = self._caller(headers)
            if caller.credentials and await self._state.relay.answers.providers_models(
                self._state.relay.planning, dialect, caller, sink
            ):
                return
        except WatchkeeperError as error:
            await self._refuse(sink, dialect, error)
            return
        rows = [
            {"id": name, "object": "model", "created": 0, "owned_by": owner}
            for name, owner in self._state.relay.planning.model_names()
        ]
        await sink.whole(200, _JSON, orjson.dumps({"object": "list", "data": rows}))

    async def _healthz(self, _: Scope, sink: AsgiSink) -> None:
        body = {"ok": True, "data_dir": str(self._state.data_dir)}
        await sink.whole(200, _JSON, orjson.dumps(body))

    async def _readyz(self, _: Scope, sink: AsgiSink) -> None:
        reasons = self._state.reasons_not_ready()
        body = {"ready": not reasons, "reasons": list(reasons), "parts": self._state.parts()}
        await sink.whole(503 if reasons else 200, _JSON, orjson.dumps(body))

    async def _metrics(self, _: Scope, sink: AsgiSink) -> None:
        text = await asyncio.to_thread(self._state.figures_of_all_workers)
        await sink.whole(200, {"content-type": "text/plain; version=0.0.4; charset=utf-8"}, text.encode())

    async def _openapi(self, _: Scope, sink: AsgiSink) -> None:
        await sink.whole(200, _JSON, orjson.dumps(openapi()))


_WATCH_AFTER_S = 0.25


async def _watch(receive: Receive, sink: AsgiSink, serving: "asyncio.Task[None] | None") -> None:
    message = await receive()
    if message["type"] == "http.disconnect":
        sink.gone = True
        if sink.ends_with_client and serving is not None:
            serving.cancel()


def _request(surface: Surface, raw: bytes, caller: Caller) -> ClientRequest:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as broken:
        raise InvalidInputError(
            f"the request's body is not JSON: {broken.msg} at byte {broken.pos}", action="send a JSON object"
        ) from None
    if not isinstance(body, dict):
        raise InvalidInputError("the request's body is JSON but no object", action="send a JSON object")
    facts = read_request(surface.dialect, body, operation=surface.operation)
    return ClientRequest(
        dialect=surface.dialect, operation=surface.operation, raw=raw, body=body, facts=facts, caller=caller
    )
