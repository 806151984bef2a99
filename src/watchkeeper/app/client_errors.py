"""Errors on their way back: what the API answered becomes the error that was raised behind it."""

from collections.abc import Iterator, Mapping

from watchkeeper.domain.errors import WatchkeeperError


class ServerAnsweredError(WatchkeeperError):
    """The server answered with an error whose class this process does not know."""

    code = "server_answered"

    def __init__(self, message: str, *, action: str, code: str) -> None:
        super().__init__(message, action=action)
        self.answered_code = code

    def body(self) -> dict[str, object]:
        """The error under the code the server gave it."""
        return {**super().body(), "code": self.answered_code}


def error_of_reply(http_status: int, body: object) -> WatchkeeperError:
    """The error an API reply stands for.

    Args:
        http_status: The reply's status.
        body: The parsed body; None when it was no JSON.
    """
    told = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(told, Mapping):
        return ServerAnsweredError(
            f"the server answered {http_status} without saying why",
            action="look into `<data>/logs/server.jsonl`",
            code="server_answered",
        )
    code, message, action = (str(told.get(key, "")) for key in ("code", "message", "action"))
    kind = _classes().get(code)
    if kind is None:
        return ServerAnsweredError(message, action=action, code=code)
    error = kind.__new__(kind)
    # Subclasses may take other arguments; what they made of them stands in the message already.
    WatchkeeperError.__init__(error, message, action=action)
    return error


def _classes() -> dict[str, type[WatchkeeperError]]:
    """Every error class this process knows, by code; the more general one where two share a code."""
    found: dict[str, type[WatchkeeperError]] = {}
    for kind in _descendants(WatchkeeperError):
        found.setdefault(kind.code, kind)
    return found


def _descendants(kind: type[WatchkeeperError]) -> Iterator[type[WatchkeeperError]]:
    if kind is not ServerAnsweredError:
        yield kind
        for below in kind.__subclasses__():
            yield from _descendants(below)
