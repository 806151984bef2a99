"""Kept requests and replies under the server's care: opened, tidied, and let go of in time."""

from datetime import timedelta

from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings_stores import ContentSettings
from watchkeeper.domain.clock import Clock
from watchkeeper.telemetry.content_ports import ContentStore


def open_content(state: ServerState) -> ContentPacks:
    """The server's view of what every process keeps; nothing is read or written yet."""
    settings = state.settings.content
    return ContentPacks(
        state.data_dir / "content",
        clock=state.clock,
        opted_out=frozenset(settings.opt_out),
        archive=settings.archive_folder,
    )


class ContentRetention:
    """Lets go of content that is too old, or too much."""

    def __init__(self, content: ContentStore, settings: ContentSettings, *, clock: Clock) -> None:
        self._content = content
        self._clock = clock
        self._kept_for = timedelta(days=settings.retention_days)
        self._most_bytes = settings.max_bytes

    def turn(self) -> None:
        """Once: by age, then by size."""
        self._content.delete_older_than(self._clock.now() - self._kept_for)
        if self._most_bytes is not None:
            self._content.delete_beyond(self._most_bytes)
