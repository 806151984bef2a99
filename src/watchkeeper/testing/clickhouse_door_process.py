"""The process of `ClickHouseDoor`: as much of ClickHouse's HTTP interface as its client asks for.

    python -m watchkeeper.testing.clickhouse_door_process --folder F --port 0

Prints the port it listens on and ends when its input does.

Source:
    https://clickhouse.com/docs/interfaces/http
"""

import argparse
import base64
import gzip
import json
import os
import socket
import sys
import threading
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from watchkeeper.testing.clickhouse_door import PASSWORD, READER, USER, Fault
from watchkeeper.testing.clickhouse_door_engine import DoorEngine, DoorQuery, EngineError

_NO_SETTINGS = frozenset(
    {
        "query",
        "database",
        "user",
        "password",
        "session_id",
        "session_timeout",
        "session_check",
        "query_id",
        "quota_key",
        "compress",
        "decompress",
        "wait_end_of_query",
        "buffer_size",
        "client_protocol_version",
        "role",
        # Of streamed replies and their progress, which there is none of here.
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "enable_http_compression",
        "cancel_http_readonly_queries_on_client_close",
    }
)
"""Parameters of the address that are no settings of the query, or none the engine can follow."""

_STATUS = {60: 404, 81: 404, 82: 409, 57: 409, 62: 400, 164: 500, 241: 500, 516: 403, 497: 403}
"""What a server answers for its own error codes; 500 for all others, 400 for bad queries."""
_BAD_QUERY = frozenset({6, 27, 36, 43, 47, 53, 70, 115, 117, 353, 386, 456, 457, 472})
_AUTHENTICATION_FAILED = 516

_KEPT_QUERY_CHARS = 200


class _Door(ThreadingHTTPServer):
    daemon_threads = True
    # Several stores of one test open at once.
    request_queue_size = 64

    def __init__(self, port: int, engine: DoorEngine) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.engine = engine
        self.lock = threading.Lock()
        self.faults: list[Fault] = []
        self.queries: list[str] = []

    def fault_of(self, query: str) -> Fault | None:
        """The fault that is to meet this query, counted as used."""
        with self.lock:
            self.queries.append(query[:_KEPT_QUERY_CHARS])
            for at, fault in enumerate(self.faults):
                if fault.matching in query:
                    left = replace(fault, times=fault.times - 1)
                    self.faults[at : at + 1] = [left] if left.times else []
                    return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The client waits for a whole reply: Nagle's delay would add 40 ms to each.
    disable_nagle_algorithm = True
    server: _Door

    def log_message(self, format: str, *args: object) -> None:  # the name is the base class's
        """Print nothing."""

    def do_GET(self) -> None:  # the name is the base class's
        """Answer a ping or a query in the address."""
        if urlsplit(self.path).path == "/ping":
            self._reply(200, b"Ok.\n", {})
        else:
            self._query(b"")

    def do_POST(self) -> None:  # the name is the base class's
        """Answer a query, or an order of the test's."""
        body = self._body()
        path = urlsplit(self.path).path
        if path.startswith("/control/"):
            self._control(path.removeprefix("/control/"), json.loads(body))
        else:
            self._query(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            data = b"".join(self._chunks())
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return _expanded(data, self.headers.get("Content-Encoding"))

    def _chunks(self) -> Any:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _query(self, body: bytes) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        user = self._user(asked)
        if user is None:
            self._fail(EngineError(_AUTHENTICATION_FAILED, f"{_named(asked, self.headers)}: {_REFUSED}"))
            return
        query = DoorQuery.of(
            asked.get("query", ""),
            body,
            database=asked.get("database", "default"),
            settings={
                name: value
                for name, value in asked.items()
                if name not in _NO_SETTINGS and not name.startswith("param_")
            },
            params={
                name.removeprefix("param_"): value
                for name, value in asked.items()
                if name.startswith("param_")
            },
            read_only=user == READER,
        )
        fault = self.server.fault_of(query.sql)
        if fault is not None and self._spoilt(fault):
            return
        try:
            data, rows_written = self.server.engine.run(query)
        except EngineError as failure:
            self._fail(failure)
            return
        if fault is not None and fault.kind == "cut_after":
            self._hang_up()
            return
        summary = json.dumps({"written_rows": str(rows_written), "result_bytes": str(len(data))})
        self._reply(
            200,
            data,
            {
                "X-ClickHouse-Summary": summary,
                "X-ClickHouse-Query-Id": asked.get("query_id", ""),
                "X-ClickHouse-Timezone": "UTC",
                "X-ClickHouse-Format": query.format,
                "X-ClickHouse-Server-Display-Name": "door",
            },
        )

    def _spoilt(self, fault: Fault) -> bool:
        """Do what a fault does before the query runs; whether that ends it."""
        if fault.kind == "delay":
            time.sleep(fault.delay_s)
        elif fault.kind == "refuse":
            self._reply(
                fault.status,
                b"refused by the test",
                {} if fault.code is None else {"X-ClickHouse-Exception-Code": str(fault.code)},
            )
            return True
        elif fault.kind == "cut_before":
            self._hang_up()
            return True
        return False

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _user(self, asked: Mapping[str, str]) -> str | None:
        """Who asks; None where name or password is wrong."""
        name, password = _named(asked, self.headers), asked.get("password")
        authorization = self.headers.get("Authorization", "")
        if authorization.startswith("Basic "):
            name, _, password = base64.b64decode(authorization[6:]).decode().partition(":")
        password = self.headers.get("X-ClickHouse-Key", password)
        return name if name in {USER, READER} and password == PASSWORD else None

    def _control(self, what: str, asked: Any) -> None:
        door = self.server
        answer: object = None
        with door.lock:
            if what == "faults":
                door.faults.append(Fault(**asked))
            elif what == "clear":
                door.faults.clear()
            elif what == "queries":
                answer = list(door.queries)
        if what == "run":
            query = DoorQuery.of(
                asked["sql"], b"", database=asked["database"], settings={}, params={}, read_only=False
            )
            try:
                answer = door.engine.run(query)[0].decode()
            except EngineError as failure:
                self._fail(failure)
                return
        self._reply(200, json.dumps(answer).encode(), {})

    def _fail(self, failure: EngineError) -> None:
        status = _STATUS.get(failure.code, 400 if failure.code in _BAD_QUERY else 500)
        body = f"Code: {failure.code}. DB::Exception: {failure} (version 0 (door))\n"
        self._reply(status, body.encode(), {"X-ClickHouse-Exception-Code": str(failure.code)})

    def _reply(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
        # As the client may be gone: it waits no longer than it was told to.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "gzip" in self.headers.get("Accept-Encoding", "") and data:
                data = gzip.compress(data, 1)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)


_REFUSED = "Authentication failed: password is incorrect, or there is no user with such name."


def _named(asked: Mapping[str, str], headers: Any) -> str:
    return str(headers.get("X-ClickHouse-User") or asked.get("user") or "default")


def _expanded(data: bytes, encoding: str | None) -> bytes:
    if encoding in {None, "", "identity"}:
        return data
    if encoding == "gzip":
        return gzip.decompress(data)
    if encoding == "deflate":
        return zlib.decompress(data)
    if encoding == "lz4":
        from lz4 import frame

        return bytes(frame.decompress(data))
    if encoding == "zstd":
        from backports import zstd

        return bytes(zstd.decompress(data))
    raise ValueError(f"the door cannot read a body in {encoding!r}")


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


def main() -> None:
    """Listen until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    door = _Door(asked.port, DoorEngine(asked.folder))
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.stdout.write(f"{door.server_address[1]}\n")
    sys.stdout.flush()
    door.serve_forever()


if __name__ == "__main__":
    main()
