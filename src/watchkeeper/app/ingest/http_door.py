"""OTLP over HTTP: a bare ASGI application, for every layer would be paid for by every request."""

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format
from starlette.types import Message, Receive, Scope, Send

from watchkeeper.app.ingest.door import Door
from watchkeeper.app.ingest.figures import IngestFigures
from watchkeeper.app.ingest.gate import SenderGate
from watchkeeper.app.ingest.refusals import BusyError, UnsupportedBodyError
from watchkeeper.app.metrics import CONTENT_TYPE
from watchkeeper.app.settings_server import is_loopback
from watchkeeper.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
    WatchkeeperError,
)
from watchkeeper.telemetry.otlp.signals import SIGNALS

_PROTOBUF = "application/x-protobuf"
_JSON = "application/json"
ROWS_PATH = "/v1/rows"
"""Where the server hands on rows of its JSON API."""
_SIGNALS = {f"/v1/{signal.name}": signal for signal in SIGNALS}
_GRPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 413: 3, 415: 3, 429: 8, 503: 14}


class SenderLeftError(Exception):
    """The sender hung up before its request was whole."""


class HttpDoor:
    """The application of the ingest process's HTTP port."""

    def __init__(self, door: Door, gate: SenderGate, figures: IngestFigures, *, data_dir: str) -> None:
        self._door = door
        self._gate = gate
        self._figures = figures
        self._data_dir = data_dir

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        is_json = headers.get("content-type", "").partition(";")[0].strip().lower() == _JSON
        path: str = scope["path"]
        try:
            status, kind, body = await self._answer(scope["method"], path, headers, is_json, receive)
            extra: list[tuple[bytes, bytes]] = []
        except SenderLeftError:
            return
        except WatchkeeperError as refusal:
            self._figures.refused(path.rpartition("/")[2] if path in _SIGNALS else "other", refusal.code)
            status, kind, body = _told(refusal, is_json=is_json)
            extra = _more_headers(refusal)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", kind.encode()),
                    (b"content-length", str(len(body)).encode()),
                    *extra,
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _answer(  # noqa: PLR0917 - the parts of one request
        self, method: str, path: str, headers: Mapping[str, str], is_json: bool, receive: Receive
    ) -> tuple[int, str, bytes]:
        if method == "POST":
            return await self._take(path, headers, is_json, receive)
        if path == "/healthz":
            return 200, _JSON, _json({"ok": True, "data_dir": self._data_dir})
        if path == "/readyz":
            reasons = [f"log: {self._door.problem}"] if self._door.problem else []
            return (503 if reasons else 200), _JSON, _json({"ready": not reasons, "reasons": reasons})
        if path == "/metrics":
            self._gate.admit(headers)
            return 200, CONTENT_TYPE, self._figures.metrics.exposition().encode()
        raise _nothing_at(path)

    async def _take(
        self, path: str, headers: Mapping[str, str], is_json: bool, receive: Receive
    ) -> tuple[int, str, bytes]:
        signal = _SIGNALS.get(path)
        if signal is None and path != ROWS_PATH:
            raise _nothing_at(path)
        grant = self._gate.admit(headers)
        if not self._gate.needed:
            _check_is_here(headers)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (_JSON, _PROTOBUF):
            raise UnsupportedBodyError(
                f"content-type {kind!r} is not taken", action=f"send {_PROTOBUF} or {_JSON}"
            )
        with self._door.room(_length(headers)):
            body = await self._body(receive, announced=_length(headers))
            if signal is None:
                await self._door.take_rows(body)
                return 200, _JSON, b"{}"
            response = await self._door.take(
                signal,
                body,
                encoding=headers.get("content-encoding", "").strip().lower(),
                is_json=is_json,
                workload=None if grant is None else grant.workload,
            )
        if is_json:
            return 200, _JSON, json_format.MessageToJson(response, indent=None).encode()
        return 200, _PROTOBUF, response.SerializeToString()

    async def _body(self, receive: Receive, *, announced: int) -> bytes:
        """The whole body; one whose length was not announced is held to the bounds as it comes."""
        parts: list[bytes] = []
        length = 0
        while True:
            message: Message = await receive()
            if message["type"] == "http.disconnect":
                raise SenderLeftError
            part = message.get("body", b"")
            length += len(part)
            parts.append(part)
            if length > announced:
                with self._door.room(length):
                    pass
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)


def _length(headers: Mapping[str, str]) -> int:
    told = headers.get("content-length", "")
    return int(told) if told.isdecimal() else 0


def _check_is_here(headers: Mapping[str, str]) -> None:
    """A web page elsewhere must not make a browser on this machine send telemetry."""
    origin = headers.get("origin")
    if origin is not None and not is_loopback(origin.partition("://")[2].rsplit(":", 1)[0].strip("[]")):
        raise ConflictError(
            "this port takes telemetry from programs on this machine only", action="set `server.keys`"
        )


def _nothing_at(path: str) -> NotFoundError:
    action = "send OTLP to /v1/traces, /v1/metrics or /v1/logs"
    if path.startswith("/api/"):
        action = "this port takes OTLP alone: the API, and the SDK's `endpoint`, is the server's own address"
    return NotFoundError(f"there is nothing at {path!r}", action=action)


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def _told(refusal: WatchkeeperError, *, is_json: bool) -> tuple[int, str, bytes]:
    """The refusal as the protocol has it: a `google.rpc.Status`."""
    status = InvalidInputError.status if refusal.status < 400 else refusal.status
    message = f"{refusal.message}; {refusal.action}" if refusal.action else refusal.message
    code = _GRPC_CODES.get(status, 13)
    if is_json:
        return status, _JSON, _json({"code": code, "message": message})
    text = message.encode("utf-8", "replace")
    return status, _PROTOBUF, bytes([0x08, code, 0x12]) + _varint(len(text)) + text


def _varint(value: int) -> bytes:
    made = bytearray()
    while value >= 0x80:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def _more_headers(refusal: WatchkeeperError) -> list[tuple[bytes, bytes]]:
    if isinstance(refusal, BusyError):
        return [(b"retry-after", str(refusal.retry_after_s).encode())]
    if isinstance(refusal, UnavailableError):
        return [(b"retry-after", b"1")]
    return [(b"www-authenticate", b'Bearer realm="watchkeeper"')] if refusal.status == 401 else []
