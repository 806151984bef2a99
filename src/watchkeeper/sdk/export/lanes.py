"""Where each kind of batch goes, and how batches of a kind are joined into one body."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Lane:
    """A kind of batch. Batches of a lane are sent in the order in which they were made."""

    name: str
    path: str
    content_type: str

    @property
    def packed(self) -> bool:
        """Whether bodies are sent as gzip: every door of OTLP takes that, the JSON API need not."""
        return self.content_type == _PROTOBUF

    def joined(self, payloads: Sequence[bytes]) -> bytes:
        """One request body of several batches."""
        if self.content_type == _PROTOBUF:
            # Protobuf messages written one after the other are one message with the lists of all of them.
            return b"".join(payloads)
        return b"[" + b",".join(payloads) + b"]"

    def parts_of(self, body: bytes) -> list[bytes]:
        """The records of a request of the JSON API; none of another request."""
        return [] if self.packed else [orjson.dumps(record) for record in orjson.loads(body)]


_PROTOBUF = "application/x-protobuf"
_JSON = "application/json"
TRACES = Lane("traces", "/v1/traces", _PROTOBUF)
METRICS = Lane("metrics", "/v1/metrics", _PROTOBUF)
LOGS = Lane("logs", "/v1/logs", _PROTOBUF)
QUERIES = Lane("queries", "/api/v1/queries", _JSON)
EVALUATIONS = Lane("evaluations", "/api/v1/evaluations", _JSON)
FEEDBACK = Lane("feedback", "/api/v1/feedback", _JSON)
LANES = {lane.name: lane for lane in (TRACES, METRICS, LOGS, QUERIES, EVALUATIONS, FEEDBACK)}
