"""Channels by apprise: chat, mail, webhook, pager, whatever its address names."""

import logging
from threading import get_ident

import apprise

from watchkeeper.monitoring.notification.channel import ChannelError
from watchkeeper.monitoring.notification.letter import Colour, Letter

_KINDS: dict[Colour, apprise.NotifyType] = {
    "danger": apprise.NotifyType.FAILURE,
    "warning": apprise.NotifyType.WARNING,
    "good": apprise.NotifyType.SUCCESS,
}
_MOST_TOLD = 300
"""Characters of a service's complaint that are kept."""


class AppriseChannel:
    """A `Channel` that an apprise address leads to."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        """Name where it goes.

        Args:
            url: The address; it may hold secrets, and is never told.
            timeout_s: Seconds a connection, and each answer over it, may take.
        """
        self._timeout_s = timeout_s
        self._service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if self._service is not None:
            self._service.socket_connect_timeout = timeout_s
            self._service.socket_read_timeout = timeout_s

    def send(self, letter: Letter) -> None:
        """See `Channel.send`."""
        if self._service is None:
            raise ChannelError("apprise does not know its address; see `url` of the channel in the settings")
        with _Complaints() as complaints:
            taken = self._service.notify(
                body=letter.body, title=letter.subject, notify_type=_KINDS[letter.colour]
            )
        if not taken:
            raise ChannelError(complaints.told or "the service did not take it, and did not say why")


class _Complaints(logging.Handler):
    """What apprise logs of one send: the only place where it says why one failed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = get_ident()
        self._lines: list[str] = []

    @property
    def told(self) -> str:
        return "; ".join(self._lines)[:_MOST_TOLD]

    def emit(self, record: logging.LogRecord) -> None:
        # Other channels send at the same time, over the same logger.
        if record.thread == self._thread:
            self._lines.append(record.getMessage().strip())

    def __enter__(self) -> "_Complaints":
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
