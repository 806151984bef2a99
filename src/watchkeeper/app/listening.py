"""Taking the port: at once and before anything else, so that a port in use is told in one sentence."""

import errno
import socket
from dataclasses import dataclass

from watchkeeper.domain.errors import ConflictError, InvalidInputError

_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a person chooses a port, for the sentence that says it is taken."""

    section: str
    """The section of the settings that has `host` and `port`."""
    option: str
    """The option of the command."""


SERVER_ASKED = Asked("server", "--port")
GATEWAY_ASKED = Asked("gateway", "--port` of `wk gateway`, `--gateway-port` of `wk up")
INGEST_ASKED = Asked("ingest", "--port` of `wk ingest`, `--otlp-port` of `wk up")


def listen(host: str, port: int, asked: Asked = SERVER_ASKED) -> socket.socket:
    """A socket that listens.

    Args:
        host: The address to listen on.
        port: The port; 0 for any free one.
        asked: Where a person chooses it.

    Raises:
        ConflictError: The port is in use.
        InvalidInputError: This machine has no such address, or this user may not take the port.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except socket.gaierror as failure:
        raise InvalidInputError(
            f"`{asked.section}.host` {host!r} is no address: {failure.strerror}", action="use 127.0.0.1"
        ) from failure
    # asyncio switches off the wait for fuller packets only where a socket says it is TCP: without, a reply in
    # two pieces waits 40 ms for its asker's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as failure:
        listener.close()
        if failure.errno == errno.EADDRINUSE:
            raise ConflictError(
                f"port {port} on {host} is in use by another program",
                action=f"choose another with `{asked.section}.port` (`{asked.option}`); 0 takes any free one",
            ) from failure
        raise InvalidInputError(
            f"cannot listen on {host}:{port}: {failure.strerror}",
            action=f"choose another with `{asked.section}.host`, `{asked.section}.port` (`{asked.option}`)",
        ) from failure
    return listener


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there at the moment; an address that cannot be is told when it is taken."""
    try:
        listen(host, port).close()
    except ConflictError:
        return False
    except InvalidInputError:
        return True
    return True


def url_of(listener: socket.socket) -> str:
    """Where a client on this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"
