"""A target that speaks the OpenAI chat completions dialect, whoever serves it."""

import asyncio
import concurrent.futures
import ssl
from types import TracebackType
from typing import Literal, Self

import httpx

from watchkeeper.adapters.providers.loop_thread import LoopThread
from watchkeeper.adapters.providers.openai_failure import failure_of
from watchkeeper.adapters.providers.openai_reply import MalformedReplyError, reply_of
from watchkeeper.adapters.providers.openai_request import request_body
from watchkeeper.domain.call import ModelCall, Reply
from watchkeeper.domain.errors import (
    SettingsError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
)

_CONNECT_S = 10.0
"""A server that does not take a connection for so long is called unreachable, not slow."""
_MOST_BODY_BYTES = 32 * 1024 * 1024
"""Far beyond any completion; a server that sends more is not trusted with our memory."""


class OpenAICompatibleTarget:
    """A model behind `<base_url>/chat/completions`; thread-safe, connections are reused.

    The key goes into the `Authorization` header and nowhere else: no error, repr or log holds it.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str,
        model: str,
        api_key: str | None = None,
        provider: str = "openai",
        output_limit_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens",
        most_connections: int = 100,
        proxy: str | None = None,
    ) -> None:
        """Prepare to call; nothing is sent yet.

        Args:
            name: What calls name it by.
            base_url: Up to `/chat/completions`, such as `http://127.0.0.1:11434/v1`.
            model: As the provider knows it.
            api_key: Sent as a bearer token; None sends none.
            provider: As receipts name it.
            output_limit_field: How the provider calls the most tokens of an answer; the newest
                OpenAI models want `max_completion_tokens`, most other servers `max_tokens`.
            most_connections: Held open at the same time; further calls wait within their deadline.
            proxy: Through which to reach it; the environment's proxies are not read here.

        Raises:
            SettingsError: The URL or the key cannot be used.
        """
        self.name = name
        self.provider = provider
        self.model = model
        self.release: str | None = None
        self._base_url = _checked_url(name, base_url)
        self._output_limit_field = output_limit_field
        encrypted = self._base_url.scheme == "https" or (proxy or "").startswith("https")
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "watchkeeper", **_authorization(name, api_key)},
            timeout=httpx.Timeout(None, connect=_CONNECT_S),
            limits=httpx.Limits(max_connections=most_connections, max_keepalive_connections=most_connections),
            # Certificates take long to load and are not looked at without TLS; redirects stay off.
            verify=ssl.create_default_context() if encrypted else False,
            trust_env=False,
            proxy=proxy,
        )
        self._loop = LoopThread(f"target {name}")

    def __repr__(self) -> str:
        return f"OpenAICompatibleTarget({self.name!r}, base_url='{self._base_url}', model={self.model!r})"

    def send(self, call: ModelCall, /) -> Reply:
        """Ask once; see `watchkeeper.gateway.ports.Target`.

        Raises:
            TargetTimeoutError: No whole answer within the call's deadline.
            TargetUnreachableError: No connection, or it broke; or the target was closed meanwhile.
            TargetRateLimitedError: Status 429.
            TargetServerError: A status of 500 or more, or a body that is no completion.
            TargetRefusedError: Any other status but 2xx.
        """
        try:
            return self._loop.run(self._send(call))
        except (concurrent.futures.CancelledError, asyncio.CancelledError):
            raise TargetUnreachableError(
                f"target {self.name!r} was closed before it answered", action="start the run again"
            ) from None

    def close(self) -> None:
        """End what is still being asked, close the connections and wait for the thread."""
        self._loop.close(self._client.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _send(self, call: ModelCall) -> Reply:
        try:
            async with asyncio.timeout(call.deadline_s):
                status, headers, body = await self._exchange(call)
        except TimeoutError as late:
            raise TargetTimeoutError(
                f"target {self.name!r} gave no whole answer within {call.deadline_s:.1f} s",
                action=f"raise `targets.{self.name}.timeout_s`, or ask for less in one call",
            ) from late
        except httpx.DecodingError as damaged:
            raise self._malformed("its encoding is damaged", None) from damaged
        except httpx.TransportError as broken:
            raise TargetUnreachableError(
                f"target {self.name!r} at {self._base_url} cannot be reached or broke off"
                f" ({type(broken).__name__})",
                action="see that it is running and that the target's base_url is right",
            ) from broken
        if not 200 <= status < 300:
            raise failure_of(status, headers, body, target=self.name)
        try:
            return reply_of(body, http_status=status, asked_model=self.model)
        except MalformedReplyError as malformed:
            raise self._malformed(str(malformed), status) from malformed

    async def _exchange(self, call: ModelCall) -> tuple[int, httpx.Headers, bytes]:
        body = request_body(call, model=self.model, output_limit_field=self._output_limit_field)
        url = f"{self._base_url}/chat/completions"
        async with self._client.stream(
            "POST", url, content=body, headers={"Content-Type": "application/json"}
        ) as response:
            received = bytearray()
            async for piece in response.aiter_bytes():
                received += piece
                if len(received) > _MOST_BODY_BYTES:
                    what = f"it is longer than {_MOST_BODY_BYTES} bytes"
                    raise self._malformed(what, response.status_code)
            return response.status_code, response.headers, bytes(received)

    def _malformed(self, what: str, http_status: int | None) -> TargetServerError:
        return TargetServerError(
            f"target {self.name!r} answered with a body that is no chat completion: {what}",
            action="see that the target's base_url leads to an OpenAI-compatible server",
            http_status=http_status,
        )


def _checked_url(name: str, base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url.rstrip("/"))
    except httpx.InvalidURL:
        url = httpx.URL("")
    address = url.scheme in {"http", "https"} and url.host and (url.port is None or 0 < url.port < 65536)
    if not address or url.query or url.fragment or url.userinfo:
        # The URL is not repeated: a wrong one may hold a password or a key.
        raise SettingsError(
            f"the base_url of target {name!r} is not a plain http or https address",
            action="give it without user, password, query and fragment, and the key as api_key",
        )
    return url


def _authorization(name: str, api_key: str | None) -> dict[str, str]:
    if api_key is None:
        return {}
    if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise SettingsError(
            f"the api_key of target {name!r} is empty or holds characters no key has",
            action="set it again, without blanks and line ends",
        )
    return {"Authorization": f"Bearer {api_key}"}
