"""A channel: a way to people, such as a chat, a mailbox, a webhook or a pager."""

from typing import Protocol

from watchkeeper.monitoring.notification.letter import Letter


class ChannelError(Exception):
    """A channel did not take a letter; the message says why, and holds no secret."""


class Channel(Protocol):
    """Takes letters; may take long, and may be asked from any thread."""

    def send(self, letter: Letter) -> None:
        """Hand a letter over.

        Raises:
            ChannelError: It was not taken; it may be tried again.
        """
        ...
