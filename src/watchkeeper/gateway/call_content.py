"""What calls of this process ask and are answered, kept apart from their receipts (law 10)."""

import hashlib
import logging

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.gateway.ports import ContentSink

_log = logging.getLogger(__name__)


class HashedContent:
    """A `ContentSink` that always gives a hash, whether or not there is a store that keeps the content.

    A store that fails costs the content, never the call.
    """

    def __init__(self, sink: ContentSink | None) -> None:
        """Keep content in this store; None keeps none."""
        self._sink = sink

    def put(self, workload: str, data: bytes, media_type: str, /) -> str:
        """The hash the content is kept under; its own hash where it is not kept."""
        if self._sink is not None:
            try:
                return self._sink.put(workload, data, media_type)
            except WatchkeeperError as failure:
                _log.warning("content of %r was not kept: %s", workload, failure.code)
        return hashlib.sha256(data).hexdigest()
