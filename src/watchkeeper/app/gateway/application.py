"""The gateway's HTTP surface: OpenAI's and Anthropic's paths, probes and figures.

Plain functions: a framework's routing and validation would cost more than the rest of a call.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson

from watchkeeper.app.gateway.gateway_state import RECEIPTS, GatewayState
from watchkeeper.app.gateway.http_reply import HttpReply
from watchkeeper.app.gateway.http_request import ClientGoneError, Headers, HttpRequest
from watchkeeper.app.gateway.incoming import caller_of, key_of, provider_key_headers
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
Handler = Callable[[HttpRequest, HttpReply], Awaitable[None]]


_OUR_KEYS = KEY_PREFIX.encode()


class GatewayApplication:
    """What one worker answers."""

    def __init__(self, state: GatewayState) -> None:
        self._state = state
        self._gets: dict[str, Handler] = {
            "/v1/models": self._models,
            "/healthz": self._healthz,
            "/readyz": self._readyz,
            "/metrics": self._metrics,
            "/openapi.json": self._openapi,
        }

    @property
    def most_body_bytes(self) -> int:
        """The longest body that is taken."""
        return self._state.settings.gateway.max_body_bytes

    async def answer(self, request: HttpRequest, reply: HttpReply) -> None:
        """Answer one request."""
        surface = SURFACES.get(request.path)
        if surface is not None and request.method == "POST":
            await self._call(request, reply, surface)
            return
        handler = self._gets.get(request.path)
        if handler is not None and request.method in {"GET", "HEAD"}:
            await handler(request, reply)
            return
        self._not_here(request, reply, known=surface is not None or handler is not None)

    def unreadable(self, path: str, reply: HttpReply) -> None:
        """Answer what is no HTTP: where it was meant as a call, with a receipt."""
        error = InvalidInputError(
            "the request's head is too long or not HTTP",
            action="send a head of at most 64 KiB, without control characters in its headers",
        )
        surface = SURFACES.get(path)
        if surface is None:
            self._refuse(reply, Dialect.OPENAI, error)
        else:
            self._refused(reply, surface, error, Caller())

    async def _call(self, request: HttpRequest, reply: HttpReply, surface: Surface) -> None:
        """A call with a body, to its end; the last line of defence against defects of ours."""
        state = self._state
        caller: Caller | None = None
        served = False
        state.in_flight += 1
        try:
            caller = self._caller(request.headers)
            body = await request.body(within_s=state.settings.gateway.body_within_s)
            asked = _request(surface, body, caller)
            state.check_receipts()
            served = True
            await state.relay.serve(asked, reply)
        except ClientGoneError:
            pass
        except asyncio.CancelledError:
            if not reply.gone:
                raise
        except WatchkeeperError as error:
            self._refused(reply, surface, error, None if served else caller or Caller())
        except Exception:  # noqa: BLE001 - a request ends here: logged, receipted, answered
            _log.exception("a call failed by a defect")
            defect = WatchkeeperError(
                "the gateway failed by a defect of its own", action="report it; its log holds the whole trace"
            )
            self._refused(reply, surface, defect, None if served else caller or Caller())
        finally:
            state.in_flight -= 1

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
            credentials=provider_key_headers(headers, _OUR_KEYS),
        )

    def _refused(
        self, reply: HttpReply, surface: Surface, error: WatchkeeperError, unread: Caller | None
    ) -> None:
        """Answer a call that failed.

        Args:
            reply: Where the answer goes.
            surface: Where it came in.
            error: Why.
            unread: Whose request it was that never came to be served, and so has no receipt yet.
        """
        try:
            if unread is not None:
                receipt = self._state.relay.ledger.refused_unread(unread, surface.operation, error)
                error.receipt_id = receipt.receipt_id
        except StorageFullError as full:
            error = full
        if isinstance(error, StorageFullError):
            self._state.problems[RECEIPTS] = error.message
        self._refuse(reply, surface.dialect, error)

    def _refuse(self, reply: HttpReply, dialect: Dialect, error: WatchkeeperError) -> None:
        if reply.started or reply.gone:
            return
        headers = dict(_JSON)
        if isinstance(error, RequestTooLargeError | RequestTooSlowError):
            headers["connection"] = "close"  # the rest of its body is not waited for
        if error.receipt_id is not None:
            headers["x-watchkeeper-receipt"] = error.receipt_id
        retry_after_s = error.retry_after_s if isinstance(error, TargetError | WaitError) else None
        if retry_after_s is not None:
            headers["retry-after"] = str(max(1, round(retry_after_s + 0.5)))
        reply.whole(error.status, headers, orjson.dumps(error_body(dialect, error)))

    def _not_here(self, request: HttpRequest, reply: HttpReply, *, known: bool) -> None:
        if known:
            body = error_body(Dialect.OPENAI, InvalidInputError(f"{request.path} takes another method"))
            reply.whole(
                405, {**_JSON, "allow": "GET" if request.path in self._gets else "POST"}, orjson.dumps(body)
            )
            return
        error = NotFoundError(
            f"the gateway has no {request.path[:200]!r}",
            action=f"it has {', '.join([*SURFACES, *self._gets])}",
        )
        self._refuse(reply, Dialect.OPENAI, error)

    async def _models(self, request: HttpRequest, reply: HttpReply) -> None:
        headers = request.headers
        dialect = Dialect.ANTHROPIC if b"anthropic-version" in headers else Dialect.OPENAI
        try:
            caller = self._caller(headers)
            if caller.credentials and await self._state.relay.answers.providers_models(
                self._state.relay.planning, dialect, caller, reply
            ):
                return
        except WatchkeeperError as error:
            self._refuse(reply, dialect, error)
            return
        rows = [
            {"id": name, "object": "model", "created": 0, "owned_by": owner}
            for name, owner in self._state.relay.planning.model_names()
        ]
        reply.whole(200, _JSON, orjson.dumps({"object": "list", "data": rows}))

    async def _healthz(self, _: HttpRequest, reply: HttpReply) -> None:
        body = {"ok": True, "data_dir": str(self._state.data_dir)}
        reply.whole(200, _JSON, orjson.dumps(body))

    async def _readyz(self, _: HttpRequest, reply: HttpReply) -> None:
        reasons = self._state.reasons_not_ready()
        body = {"ready": not reasons, "reasons": list(reasons), "parts": self._state.parts()}
        reply.whole(503 if reasons else 200, _JSON, orjson.dumps(body))

    async def _metrics(self, request: HttpRequest, reply: HttpReply) -> None:
        if not await self._may_look(request, reply):
            return
        text = await asyncio.to_thread(self._state.figures_of_all_workers)
        reply.whole(200, {"content-type": "text/plain; version=0.0.4; charset=utf-8"}, text.encode())

    async def _openapi(self, request: HttpRequest, reply: HttpReply) -> None:
        if await self._may_look(request, reply):
            reply.whole(200, _JSON, orjson.dumps(openapi()))

    async def _may_look(self, request: HttpRequest, reply: HttpReply) -> bool:
        """Whether somebody may see what tells of others' calls; who may not is told."""
        try:
            self._state.keys.let_look(key_of(request.headers))
        except WatchkeeperError as error:
            self._refuse(reply, Dialect.OPENAI, error)
            return False
        return True


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
