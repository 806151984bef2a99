"""One connection to the server, and what its answer means for the batch that was sent."""

import zlib
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Literal
from urllib.parse import urlsplit

KEY_HEADER = "x-watchkeeper-key"
TIMEOUT_S = 10.0
Outcome = Literal["taken", "later", "no_such_place", "refused"]
"""`later`: nothing gets through now. `no_such_place`: this lane's address is not there (an older server, or a
wrong address): it waits, the other lanes go on. `refused`: this batch will never be taken."""
_LATER = frozenset({401, 403, 408, 425, 429, 500, 502, 503, 504})
_NO_SUCH_PLACE = frozenset({404, 405, 501})
_MOST_REPLY_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a batch."""

    outcome: Outcome
    retry_after_s: float | None = None
    """As the server asked; None when it did not."""
    detail: str = ""
    content: bytes = b""
    """What the server said of a batch that it took."""


class Sender:
    """Sends bodies; a connection is opened when it is needed and kept. Used by one thread at a time."""

    def __init__(self, *, api_key: str | None) -> None:
        self._api_key = api_key
        self._connection: HTTPConnection | None = None
        self._endpoint = ""
        self._prefix = ""

    def send(
        self,
        endpoint: str,
        path: str,
        body: bytes,
        *,
        content_type: str,
        packed: bool,
        now_s: float,
        timeout_s: float = TIMEOUT_S,
    ) -> Answer:
        """Send a body and say what became of it; never raises for what a network does."""
        headers = {"content-type": content_type, "user-agent": "watchkeeper-sdk"}
        if self._api_key:
            headers[KEY_HEADER] = self._api_key
        if packed:
            headers["content-encoding"] = "gzip"
            packer = zlib.compressobj(1, zlib.DEFLATED, 31)
            body = packer.compress(body) + packer.flush()
        try:
            connection = self._connected(endpoint, timeout_s)
            connection.request("POST", self._prefix + path, body=body, headers=headers)
            reply = connection.getresponse()
            content = reply.read(_MOST_REPLY_BYTES)
            if reply.will_close or not reply.isclosed():
                self.close()
        except (OSError, HTTPException, ValueError) as failure:
            self.close()
            return Answer("later", detail=f"{type(failure).__name__}: {failure}")
        return _answer(reply.status, reply.headers.get("retry-after"), content, now_s)

    def close(self) -> None:
        """Close the connection; another send opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self, endpoint: str, timeout_s: float) -> HTTPConnection:
        if self._connection is None or self._endpoint != endpoint:
            self.close()
            parts = urlsplit(endpoint)
            kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
            self._connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
            self._endpoint, self._prefix = endpoint, parts.path.rstrip("/")
        self._connection.timeout = timeout_s
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout_s)
        return self._connection


def _answer(status: int, retry_after: str | None, content: bytes, now_s: float) -> Answer:
    detail = f"HTTP {status} {content[:300].decode('utf-8', 'replace')}"
    if 200 <= status < 300:
        return Answer("taken", content=content)
    if status in _LATER:
        return Answer("later", retry_after_s(retry_after, now_s), detail)
    return Answer("no_such_place" if status in _NO_SUCH_PLACE else "refused", None, detail)


def retry_after_s(header: str | None, now_s: float) -> float | None:
    """Seconds to wait, from a number or a date, at most an hour; None when it says nothing of the kind.

    >>> retry_after_s("7", 0.0), retry_after_s("soon", 0.0)
    (7.0, None)
    >>> retry_after_s("Thu, 01 Jan 1970 00:01:00 GMT", 15.0)
    45.0
    """
    if header is None:
        return None
    try:
        wait = float(header)
    except ValueError:
        try:
            when = parsedate_to_datetime(header)
        except ValueError:
            return None
        wait = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now_s
    return min(max(0.0, wait), 3_600.0) if wait == wait else None
