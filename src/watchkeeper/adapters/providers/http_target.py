"""A model behind HTTP as the gateway's relay sees it: where to post, with which key, what a failure means."""

from collections.abc import Mapping

from watchkeeper.adapters.providers.upstream_answer import UpstreamAnswer
from watchkeeper.adapters.providers.upstream_failure import BrokenExchangeError, UnusableAnswerError
from watchkeeper.adapters.providers.upstream_pool import NotSentError, UpstreamPool
from watchkeeper.domain.errors import (
    InvalidInputError,
    MalformedReplyError,
    SettingsError,
    TargetError,
    TargetNotReachedError,
    TargetServerError,
    TargetTimeoutError,
    TargetUnreachableError,
)
from watchkeeper.gateway.dialects import failure_of
from watchkeeper.gateway.ports import Answer

ANTHROPIC_VERSION = "2023-06-01"
"""The edition of Anthropic's API that the dialect is written for, where the client names none."""
_PATHS = {
    ("openai", "chat"): "/chat/completions",
    ("openai", "embeddings"): "/embeddings",
    ("openai", "models"): "/models",
    ("anthropic", "chat"): "/v1/messages",
    ("anthropic", "models"): "/v1/models",
}
_MOST_ERROR_BYTES = 1024 * 1024


class HttpTarget:
    """One model of one provider, for one event loop; see `watchkeeper.gateway.ports.ModelTarget`.

    The key goes into its header and nowhere else: no error, repr or log holds it.
    """

    def __init__(
        self,
        name: str,
        *,
        dialect: str,
        pool: UpstreamPool,
        model: str,
        provider: str,
        api_key: str | None = None,
    ) -> None:
        """Prepare to call; nothing is sent yet.

        Args:
            name: What calls and routes name it by.
            dialect: `openai` or `anthropic`.
            pool: Connections to its address as `rooted` gives it; targets may share one.
            model: As the provider knows it; empty for whatever the client names.
            provider: As receipts and prices name it.
            api_key: None sends none.

        Raises:
            SettingsError: The key cannot be used.
        """
        self.name = name
        self.dialect = dialect
        self.model = model
        self.provider = provider
        self._pool = pool
        self._headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "watchkeeper",
            **_authorization(name, dialect, api_key),
        }
        if dialect == "anthropic":
            self._headers["anthropic-version"] = ANTHROPIC_VERSION

    def __repr__(self) -> str:
        return f"HttpTarget({self.name!r}, dialect={self.dialect!r}, model={self.model!r})"

    async def open(self, operation: str, body: bytes, headers: Mapping[str, str]) -> UpstreamAnswer:
        """Send a request and wait for status and headers; see `ModelTarget.open`."""
        path = _PATHS.get((self.dialect, operation))
        if path is None:
            raise InvalidInputError(
                f"target {self.name!r} speaks the dialect {self.dialect!r}, which has no {operation}",
                action="name a target or route that serves it",
            )
        method = "GET" if operation == "models" else "POST"
        try:
            return await self._pool.request(method, path, {**self._headers, **headers}, body)
        except NotSentError as failure:
            raise TargetNotReachedError(
                f"target {self.name!r} cannot be reached: {failure}",
                action="see that it is running and that the target's base_url is right",
            ) from failure
        except BrokenExchangeError as failure:
            raise self.broken(failure) from failure
        except ValueError as wrong:
            raise InvalidInputError(
                f"a header of the request cannot be passed on: {wrong}", action="send it without line ends"
            ) from wrong

    def late(self, within_s: float) -> TargetError:
        """It answered too late."""
        return TargetTimeoutError(
            f"target {self.name!r} gave no whole answer within {within_s:.1f} s",
            action="raise the route's or the target's timeout_s, or ask for less in one call",
        )

    def broken(self, failure: Exception) -> TargetError:
        """The exchange broke off after the request was sent."""
        if isinstance(failure, UnusableAnswerError):
            return TargetServerError(
                f"target {self.name!r} answered what cannot be used: {failure}",
                action="see the provider's status page or the server's log",
            )
        return TargetUnreachableError(
            f"target {self.name!r} broke off: {failure}", action="see the provider's status page or its log"
        )

    def malformed(self, what: str, *, http_status: int) -> TargetError:
        """It answered, and not with a reply of its dialect."""
        return MalformedReplyError(
            f"target {self.name!r} answered with a body that is no reply: {what}",
            action="see that the target's base_url and provider are right",
            http_status=http_status,
        )

    async def refusal(self, answer: Answer, /) -> tuple[TargetError, bytes]:
        """What a status of 300 or more stands for, and the provider's own words for the client alone."""
        try:
            body = await answer.whole(_MOST_ERROR_BYTES)
        except BrokenExchangeError:
            body = b""
        return failure_of(answer.status, answer.headers, body, target=self.name), body


def rooted(base_url: str, dialect: str) -> str:
    """An address as paths are appended to it.

    An OpenAI-compatible server's goes up to `/chat/completions`. Anthropic's own clients take theirs without
    `/v1`, many people write it with.
    """
    return base_url.rstrip("/").removesuffix("/v1") if dialect == "anthropic" else base_url


def _authorization(name: str, dialect: str, api_key: str | None) -> dict[str, str]:
    if api_key is None:
        return {}
    if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise SettingsError(
            f"the api_key of target {name!r} is empty or holds characters no key has",
            action="set it again, without blanks and line ends",
        )
    return {"x-api-key": api_key} if dialect == "anthropic" else {"authorization": f"Bearer {api_key}"}
