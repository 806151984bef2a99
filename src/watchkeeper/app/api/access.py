"""Who may ask: holders of keys where keys are set, and nobody by way of a foreign web page."""

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
from watchkeeper.app.api.rights import rights_for
from watchkeeper.app.client import API_PREFIX, KEY_HEADER
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings_server import is_loopback
from watchkeeper.domain.errors import ErrorTier, KeyRefusedError, WatchkeeperError
from watchkeeper.gateway.keys.api_key import KeyGrant
from watchkeeper.gateway.keys.ring import forbidden

GRANT = "watchkeeper.grant"
"""Where a request's scope holds the grant of its key."""
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
        self._ring = state.ring
        self._clock = state.clock
        self._inner = state.inner_key.encode()
        self._only_here = not state.settings.server.keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer why not."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        try:
            grant = self._let_in(scope)
        except WatchkeeperError as refusal:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": _FIRST_FORBIDDEN})
            else:
                await self._refused(refusal, scope)(scope, receive, send)
            return
        scope[GRANT] = grant
        giving = grant is not None and scope["type"] == "http" and not scope["path"].startswith(API_PREFIX)
        await self._app(scope, receive, self._giving_cookie(send, grant) if giving and grant else send)

    def _let_in(self, scope: Scope) -> KeyGrant | None:
        """The grant of the key that came; None where none is needed.

        Raises:
            ForeignHostError: No keys are set, and it comes from elsewhere.
            KeyNeededError: No key came, or none that is good.
            KeyForbiddenError: The key that came may not do this.
            UnavailableError: The keys are not known yet.
        """
        headers = Headers(scope=scope)
        if self._only_here:
            _check_is_here(headers)
            return None
        given = _key_of(headers)
        if given is not None and hmac.compare_digest(given, self._inner):
            return None
        rights = rights_for(scope.get("method", "GET"), scope["path"])
        now = self._clock.now()
        if given is None and (known := self._by_cookie(headers)) is not None:
            if not any(known.allows(right) for right in rights):
                raise forbidden(known, rights)
            return known
        try:
            return self._ring.check(None if given is None else given.decode("latin-1"), now, rights)
        except KeyRefusedError as refused:
            raise KeyNeededError(
                "this server asks for a key" if given is None else refused.message,
                action=f"send one as `{KEY_HEADER}` or bearer token, with wk as `--key`: one of "
                "`server.keys`, or one made with `wk keys create`",
            ) from None

    def _by_cookie(self, headers: Headers) -> KeyGrant | None:
        """The grant of the key whose cookie came, for as long as the key is good.

        A browser sends the cookie where it cannot send a key: with a page's own connection.
        """
        key_id, _, mac = _cookie_of(headers).rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(key_id).encode()):
            return None
        return self._ring.grant_of_id(key_id, self._clock.now())

    def _mac(self, key_id: str) -> str:
        return hmac.new(self._inner, f"pages {key_id}".encode(), hashlib.sha256).hexdigest()

    def _refused(self, refusal: WatchkeeperError, scope: Scope) -> Response:
        reply = error_reply(refusal, request_id=request_id_of(scope))
        if isinstance(refusal, KeyNeededError):
            scheme = "Bearer" if scope["path"].startswith(API_PREFIX) else "Basic"
            reply.headers["www-authenticate"] = f'{scheme} realm="watchkeeper"'
        return reply

    def _giving_cookie(self, send: Send, grant: KeyGrant) -> Send:
        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                mac = self._mac(grant.key_id)
                value = f"{COOKIE}={grant.key_id}.{mac}; Path=/; HttpOnly; SameSite=Strict"
                MutableHeaders(scope=message).append("set-cookie", value)
            await send(message)

        return with_cookie


def _check_is_here(headers: Headers) -> None:
    # The name asked for tells a foreign name that was made to lead here; the origin, where a browser
    # sends one, tells a foreign page that asks by our own name.
    origin = headers.get("origin")
    if not _is_here(f"//{headers.get('host', '')}") or not (origin is None or _is_here(origin)):
        raise ForeignHostError(
            "this server answers requests to this machine itself only",
            action="ask it as 127.0.0.1 or localhost, or set `server.keys`",
        )


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
