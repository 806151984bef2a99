"""A gateway worker's figures: OpenTelemetry's GenAI client metrics in Prometheus' text, and a few of ours.

Each worker writes what it has counted to a file of its own; whoever is asked answers with the sum over
all of them, those included whose process is gone, so that no counter ever falls.

Source:
    OpenTelemetry semantic conventions for generative AI, client metrics: names, units and bucket
    boundaries (`gen_ai.client.token.usage`, `gen_ai.client.operation.duration`,
    `gen_ai.client.operation.time_to_first_chunk`).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import orjson

from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.relay.relay_receipt import NOBODY

TOKEN_BOUNDS = tuple(float(4**power) for power in range(14))
"""1, 4, 16 … 67,108,864 tokens."""
SECOND_BOUNDS = tuple(0.01 * 2**power for power in range(14))
"""0.01, 0.02 … 81.92 seconds."""
Labels = tuple[tuple[str, str], ...]
Row = list[float]
"""Of a histogram: its buckets, then sum and count. Of a counter: its value."""

_HISTOGRAMS = {
    "gen_ai_client_token_usage": ("Tokens a call used.", TOKEN_BOUNDS),
    "gen_ai_client_operation_duration_seconds": ("Seconds a call took.", SECOND_BOUNDS),
    "gen_ai_client_operation_time_to_first_chunk_seconds": (
        "Seconds to the first piece of a stream.",
        SECOND_BOUNDS,
    ),
}
_COUNTERS = {
    "watchkeeper_gateway_calls_total": "Attempts and refusals, by how they ended.",
    "watchkeeper_gateway_cost_usd_total": "US dollars the calls of known price have cost.",
    "watchkeeper_gateway_unpriced_calls_total": "Calls that counted tokens and whose price is unknown.",
    "watchkeeper_gateway_cached_calls_total": "Calls answered from the cache.",
    "watchkeeper_gateway_dropped_content_total": "Pieces of content that were not kept for want of room.",
}


class GatewayFigures:
    """The figures of one worker; for one event loop."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Labels, Row]] = {name: {} for name in (*_HISTOGRAMS, *_COUNTERS)}
        self._gauges: dict[str, tuple[str, Callable[[], Iterable[tuple[Mapping[str, str], float]]]]] = {}

    def observe(self, receipt: Receipt) -> None:
        """Count what a receipt tells."""
        labels = (
            ("gen_ai_operation_name", receipt.operation),
            ("gen_ai_provider_name", receipt.provider),
            # As the client named it: a route, else the target; never a name of its own making.
            ("gen_ai_request_model", receipt.route or receipt.target),
            ("watchkeeper_target", receipt.target),
            # A refused call's model is whatever a client wrote: as a label it could be anything, endlessly.
            ("gen_ai_response_model", receipt.model if receipt.provider != NOBODY else NOBODY),
        )
        failed = (("error_type", receipt.error_code),) if receipt.error_code else ()
        self.add("watchkeeper_gateway_calls_total", labels + failed)
        if receipt.cached:
            self.add("watchkeeper_gateway_cached_calls_total", labels)
            return
        self._observe("gen_ai_client_operation_duration_seconds", labels + failed, receipt.latency_ms / 1000)
        if receipt.ttft_ms is not None:
            name = "gen_ai_client_operation_time_to_first_chunk_seconds"
            self._observe(name, labels, receipt.ttft_ms / 1000)
        for kind, tokens in (("input", receipt.input_tokens), ("output", receipt.output_tokens)):
            if tokens is not None:
                self._observe(
                    "gen_ai_client_token_usage", (*labels, ("gen_ai_token_type", kind)), float(tokens)
                )
        if receipt.cost_usd is not None:
            self.add("watchkeeper_gateway_cost_usd_total", labels, float(receipt.cost_usd))
        elif receipt.input_tokens is not None:
            self.add("watchkeeper_gateway_unpriced_calls_total", labels)

    def add(self, name: str, labels: Labels = (), amount: float = 1.0) -> None:
        """Add to a counter."""
        rows = self._rows[name]
        row = rows.get(labels)
        if row is None:
            rows[labels] = [amount]
        else:
            row[0] += amount

    def gauge(
        self, name: str, help_text: str, read: Callable[[], Iterable[tuple[Mapping[str, str], float]]]
    ) -> None:
        """A figure that is read when somebody asks, and summed over the workers."""
        self._gauges[name] = (help_text, read)

    def snapshot(self) -> bytes:
        """What has been counted, for the other workers."""
        gauges = {
            name: [[sorted(labels.items()), [value]] for labels, value in read()]
            for name, (_, read) in self._gauges.items()
        }
        counted = {name: [[labels, row] for labels, row in rows.items()] for name, rows in self._rows.items()}
        return orjson.dumps({"counted": counted, "gauges": gauges})

    def exposition(self, others: Iterable[bytes], *, gone: Iterable[bytes] = ()) -> str:
        """All figures as text, with those of other workers added.

        Args:
            others: Snapshots of workers that live.
            gone: Snapshots of workers whose process has ended: their counters stay, their gauges do not.
        """
        total: dict[str, dict[Labels, Row]] = {}
        own = self.snapshot()
        for snapshot, lives in (*((one, True) for one in (own, *others)), *((one, False) for one in gone)):
            found = orjson.loads(snapshot)
            _sum_into(total, found["counted"])
            if lives:
                _sum_into(total, found["gauges"])
        return "".join(self._family(name, rows) for name, rows in sorted(total.items()))

    def _observe(self, name: str, labels: Labels, value: float) -> None:
        bounds = _HISTOGRAMS[name][1]
        rows = self._rows[name]
        row = rows.get(labels)
        if row is None:
            row = rows[labels] = [0.0] * (len(bounds) + 3)
        row[bisect_left(bounds, value)] += 1
        row[-2] += value
        row[-1] += 1

    def _family(self, name: str, rows: Mapping[Labels, Row]) -> str:
        if name in _HISTOGRAMS:
            help_text, bounds = _HISTOGRAMS[name]
            lines = [line for labels, row in rows.items() for line in _buckets(name, labels, row, bounds)]
            return "\n".join([f"# HELP {name} {help_text}", f"# TYPE {name} histogram", *lines, ""])
        counter = name in _COUNTERS
        help_text = _COUNTERS[name] if counter else self._gauges.get(name, ("",))[0]
        kind = "counter" if counter else "gauge"
        lines = [f"{name}{_text(labels)} {_number(row[0])}" for labels, row in rows.items()]
        return "\n".join([f"# HELP {name} {help_text}", f"# TYPE {name} {kind}", *lines, ""])


class SnapshotFolder:
    """The files in which workers leave their figures for each other: `<data>/run/figures/<worker>.json`."""

    def __init__(self, folder: Path, worker: str) -> None:
        """Use a folder.

        Args:
            folder: Shared by the workers of a data folder.
            worker: This one's name, such as `4711-0`, which no other ever has.
        """
        self._folder = folder
        self._own = folder / f"{worker}.json"

    def write(self, snapshot: bytes) -> None:
        """Leave this worker's figures, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._own.with_suffix(".new")
        fresh.write_bytes(snapshot)
        fresh.replace(self._own)

    def of_others(self) -> dict[str, bytes]:
        """What the others left, by worker."""
        found: dict[str, bytes] = {}
        for path in sorted(self._folder.glob("*.json")):
            if path != self._own:
                try:
                    found[path.stem] = path.read_bytes()
                except OSError:
                    continue  # it has just gone
        return found


def _sum_into(total: dict[str, dict[Labels, Row]], found: Mapping[str, list[list[list[object]]]]) -> None:
    for name, rows in found.items():
        family = total.setdefault(name, {})
        for labels, row in rows:
            key = tuple((str(one[0]), str(one[1])) for one in labels)  # type: ignore[index]
            have = family.get(key)
            numbers = [float(str(one)) for one in row]
            family[key] = numbers if have is None else [a + b for a, b in zip(have, numbers, strict=True)]


def _buckets(name: str, labels: Labels, row: Row, bounds: tuple[float, ...]) -> Iterable[str]:
    running = 0.0
    for bound, count in zip((*bounds, None), row[:-2], strict=True):
        running += count
        edge = "+Inf" if bound is None else _number(round(bound, 6))
        yield f"{name}_bucket{_text((*labels, ('le', edge)))} {_number(running)}"
    yield f"{name}_sum{_text(labels)} {_number(row[-2])}"
    yield f"{name}_count{_text(labels)} {_number(row[-1])}"


def _text(labels: Labels) -> str:
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{inner}}}" if inner else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
