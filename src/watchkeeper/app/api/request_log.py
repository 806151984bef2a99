"""Around every request: its id, its line in the log, its place in the figures, and the idle watch."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchkeeper.app.client import API_PREFIX
from watchkeeper.app.metrics import Counter
from watchkeeper.app.server_state import ServerState

REQUEST_ID_HEADER = "x-request-id"
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by machines again and again: they keep no server awake and fill no log."""
_LONGEST_ID = 64
_OTHER = "other"
"""Stands for what no route of ours answered, so that figures do not grow with every address tried."""
_BAD_REQUEST = 400


class RequestLog:
    """Middleware around the whole application."""

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app = app
        self._state = state
        self._requests: Counter = state.metrics.counter(
            "watchkeeper_http_requests_total", "Requests answered."
        )
        self._seconds: Counter = state.metrics.counter(
            "watchkeeper_http_request_seconds_total", "Seconds spent answering requests."
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, noting it."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        scope["watchkeeper.request_id"] = _given_id(scope) or self._state.ids.span_id()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id_of(scope)
            await send(message)

        self._state.idle.begin()
        begun_s = self._state.clock.monotonic()
        try:
            await self._app(scope, receive, noting)
        finally:
            self._state.idle.end()
            if scope["type"] == "http":
                self._note(scope, status, self._state.clock.monotonic() - begun_s)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route_of(scope)
        self._requests.add(labels={"method": scope["method"], "route": route, "status": str(status)})
        self._seconds.add(seconds, labels={"route": route})
        if status >= _BAD_REQUEST or route != _OTHER:
            self._state.log.info(
                "request",
                request_id=request_id_of(scope),
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round(seconds * 1000, 3),
            )


def request_id_of(scope: Scope) -> str:
    """The request's id: the caller's own, else one of ours."""
    return str(scope.get("watchkeeper.request_id", ""))


def _route_of(scope: Scope) -> str:
    """The pattern of the route that answered, with the prefix routers are included under."""
    pattern = getattr(scope.get("route"), "path", None)
    if not pattern:
        return _OTHER
    nested = scope["path"].startswith(API_PREFIX) and not pattern.startswith(API_PREFIX)
    return API_PREFIX + pattern if nested else str(pattern)


def _given_id(scope: Scope) -> str | None:
    given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    return given if given.isascii() and given.isprintable() and 0 < len(given) <= _LONGEST_ID else None
