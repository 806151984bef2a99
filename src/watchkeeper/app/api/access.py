"""Who may ask: callers with a key where keys are set, and nobody by way of a foreign web page."""

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchkeeper.app.api.error_replies import error_reply
from watchkeeper.app.api.request_log import request_id_of
from watchkeeper.app.client import API_PREFIX, KEY_HEADER
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings import is_loopback
from watchkeeper.domain.errors import ErrorTier, WatchkeeperError

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
"""Answered without a key: whoever restarts servers has none."""
COOKIE = "watchkeeper"
_FIRST_FORBIDDEN = 1008
"""WebSocket close code for a policy violation (RFC 6455)."""


class KeyNeededError(WatchkeeperError):
    """The server asks for a key, and none or another came."""

    code = "key_needed"
    tier = ErrorTier.LOW
    status = 401


class ForeignHostError(WatchkeeperError):
    """The request names another host than this machine: a web page elsewhere may have sent it."""

    code = "foreign_host"
    tier = ErrorTier.LOW
    status = 403


class Access:
    """Middleware that lets a request in or answers why not."""

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app = app
        self._keys = [key.get_secret_value().encode() for key in state.settings.server.keys]
        self._accepted = [*self._keys, state.inner_key.encode()]
        self._only_here = not self._keys
        # A browser sends the cookie where it cannot send a key: with a page's own connection.
        self._cookie = hmac.new(state.inner_key.encode(), b"pages", hashlib.sha256).hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer why not."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(headers)
        if refusal is None:
            giving = self._keys and scope["type"] == "http" and not scope["path"].startswith(API_PREFIX)
            await self._app(scope, receive, self._giving_cookie(send) if giving else send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _FIRST_FORBIDDEN})
        else:
            await self._refused(refusal, scope)(scope, receive, send)

    def _refusal(self, headers: Headers) -> WatchkeeperError | None:
        if self._only_here:
            # The name asked for tells a foreign name that was made to lead here; the origin, where a browser
            # sends one, tells a foreign page that asks by our own name.
            origin = headers.get("origin")
            if _is_here(f"//{headers.get('host', '')}") and (origin is None or _is_here(origin)):
                return None
            return ForeignHostError(
                "this server answers requests to this machine itself only",
                action="ask it as 127.0.0.1 or localhost, or set `server.keys`",
            )
        given = _key_of(headers)
        if given is not None and self._is_accepted(given):
            return None
        if hmac.compare_digest(_cookie_of(headers).encode(), self._cookie.encode()):
            return None
        return KeyNeededError(
            "this server asks for a key" if given is None else "this key is not one of the server's",
            action=f"send one of `server.keys` as `{KEY_HEADER}` or bearer token; with wk: `--key`",
        )

    def _is_accepted(self, given: bytes) -> bool:
        """Whether it is one of the keys; every key is compared, so the time tells nothing."""
        matches = [hmac.compare_digest(given, key) for key in self._accepted]
        return any(matches)

    def _refused(self, refusal: WatchkeeperError, scope: Scope) -> Response:
        reply = error_reply(refusal, request_id=request_id_of(scope))
        if isinstance(refusal, KeyNeededError):
            scheme = "Bearer" if scope["path"].startswith(API_PREFIX) else "Basic"
            reply.headers["www-authenticate"] = f'{scheme} realm="watchkeeper"'
        return reply

    def _giving_cookie(self, send: Send) -> Send:
        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                value = f"{COOKIE}={self._cookie}; Path=/; HttpOnly; SameSite=Strict"
                MutableHeaders(scope=message).append("set-cookie", value)
            await send(message)

        return with_cookie


def _key_of(headers: Headers) -> bytes | None:
    """The key that came: in its own header, as a bearer token, or as a browser's password."""
    if KEY_HEADER in headers:
        return headers[KEY_HEADER].encode()
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except ValueError:
            return b""
    return None


def _is_here(address: str) -> bool:
    """Whether an address names this machine itself."""
    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False


def _cookie_of(headers: Headers) -> str:
    # Another program's cookies come along, for a browser tells hosts apart and not ports; their names
    # may be such as the standard library refuses.
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
