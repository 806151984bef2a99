"""An OTLP sender that costs little: requests are made beforehand, only ids and times are written anew.

Run by `telemetry_ingest`, in a process of its own, so that it shares no interpreter lock with anybody:

    python -m benchmarks.otlp_sender URL SECONDS [SPANS_A_SECOND]

Headers a collector asks for stand behind the address: `http://…/v1/traces#name=value&name=value`.
"""

import asyncio
import json
import os
import random
import statistics
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SPANS_A_REQUEST = 100
PROMPT_BYTES, REPLY_BYTES = 1500, 800
CONNECTIONS = 8
_POOL = 24
_TEXTS = Path(__file__).parents[2] / "shared" / "data" / "halueval_general" / "general_data.jsonl"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_DIGITS_TO_LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""So that no mark looks like a number that redaction would have to look at."""
_SECOND_NS = 1_000_000_000
_ANSWERS = {200, 429, 503}
"""Taken, or to be sent again; anything else would be sent for ever."""


@dataclass(slots=True)
class Template:
    """A request whose ids and times stand at known places."""

    body: bytearray
    traces: list[int]
    spans: list[int]
    starts: list[int]
    ends: list[int]
    texts: list[int]
    """Where each prompt and reply begins with sixteen letters of its own: none is content kept already."""

    def fresh(self, now_ns: int) -> bytes:
        """The request with new ids, its calls just over."""
        drawn = os.urandom(24 * len(self.traces))
        times = struct.pack("<QQ", now_ns - _SECOND_NS, now_ns)
        body = self.body
        words = os.urandom(8 * len(self.texts)).hex().translate(_DIGITS_TO_LETTERS).encode()
        for number, text in enumerate(self.texts):
            body[text : text + 16] = words[16 * number : 16 * number + 16]
        for number, (trace, span, start, end) in enumerate(
            zip(self.traces, self.spans, self.starts, self.ends, strict=True)
        ):
            body[trace : trace + 16] = drawn[24 * number : 24 * number + 16]
            body[span : span + 8] = drawn[24 * number + 16 : 24 * number + 24]
            body[start : start + 8] = times[:8]
            body[end : end + 8] = times[8:]
        return bytes(body)


def texts() -> str:
    """One long text to draw from: real questions and answers, else words."""
    if not _TEXTS.exists():
        print(
            "no texts beside this checkout (../shared/data/halueval_general): words instead", file=sys.stderr
        )
        return " ".join(
            random.Random(1).choices(["quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog"], k=80_000)
        )
    rows = [json.loads(line) for line in _TEXTS.read_text(encoding="utf-8").splitlines()]
    return " ".join(f"{row['user_query']} {row['chatgpt_response']}" for row in rows)


def template(text: str, chance: random.Random) -> Template:
    """A request of a hundred model calls."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.add(key="service.name").value.string_value = "bench"
    spans = group.scope_spans.add().spans
    for number in range(SPANS_A_REQUEST):
        mark = struct.pack(">I", number)
        span = spans.add(
            trace_id=b"TRACE-MARK--" + mark,
            span_id=b"SPAN" + mark,
            name="chat gpt-4o-mini",
            kind=3,
            start_time_unix_nano=0x5354415254000000 + number,
            end_time_unix_nano=0x5354415245000000 + number,
        )
        at = chance.randrange(len(text) - PROMPT_BYTES - REPLY_BYTES)
        said: dict[str, str | int | float] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o-mini",
            "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
            "gen_ai.response.id": "chatcmpl-" + "".join(chance.choices(_LETTERS, k=24)),
            "gen_ai.usage.input_tokens": chance.randrange(200, 600),
            "gen_ai.usage.output_tokens": chance.randrange(100, 300),
            "gen_ai.request.temperature": 0.2,
            "gen_ai.input.messages": _messages("user", f"P{number:015d} {text[at : at + PROMPT_BYTES - 77]}"),
            "gen_ai.output.messages": _messages(
                "assistant",
                f"R{number:015d} {text[at + PROMPT_BYTES : at + PROMPT_BYTES + REPLY_BYTES - 77]}",
            ),
        }
        for name, value in said.items():
            held = span.attributes.add(key=name).value
            if isinstance(value, str):
                held.string_value = value
            elif isinstance(value, int):
                held.int_value = value
            else:
                held.double_value = value
    body = bytearray(request.SerializeToString())
    numbers = range(SPANS_A_REQUEST)
    return Template(
        body,
        traces=[body.index(b"TRACE-MARK--" + struct.pack(">I", number)) for number in numbers],
        spans=[body.index(b"SPAN" + struct.pack(">I", number)) for number in numbers],
        starts=[body.index(struct.pack("<Q", 0x5354415254000000 + number)) for number in numbers],
        ends=[body.index(struct.pack("<Q", 0x5354415245000000 + number)) for number in numbers],
        texts=[body.index(f"{side}{number:015d} ".encode()) for number in numbers for side in "PR"],
    )


def _messages(role: str, text: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}], ensure_ascii=False)


@dataclass(slots=True)
class Sent:
    """What one connection has done."""

    acknowledged: int = 0
    waited: int = 0
    """Requests that were told to wait and were sent again."""


class Sender:
    """Sends over several connections, as fast as answers come or at a rate."""

    def __init__(self, url: str, *, spans_a_second: float | None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._path = parts.path if parts.path not in ("", "/") else "/v1/traces"
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in parse_qsl(parts.fragment))
        chance = random.Random(7)
        text = texts()
        self._templates = [template(text, chance) for _ in range(_POOL)]
        self._every_s = None if spans_a_second is None else SPANS_A_REQUEST / spans_a_second
        self._next_s = 0.0
        self.latencies_s: list[float] = []
        self.sent = Sent()

    async def run(self, seconds: float) -> float:
        """Send for so long; the seconds it took."""
        begins = self._next_s = time.perf_counter()
        await asyncio.gather(*(self._connection(begins + seconds, n) for n in range(CONNECTIONS)))
        return time.perf_counter() - begins

    async def _connection(self, until_s: float, number: int) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=1 << 20)
        turn = number
        try:
            while True:
                due_s = self._due()
                if due_s >= until_s:
                    return
                await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
                body = self._templates[turn % _POOL].fresh(time.time_ns())
                turn += CONNECTIONS
                while await self._ask(reader, writer, body, due_s) != 200:
                    self.sent.waited += 1
                    await asyncio.sleep(0.2)
                self.sent.acknowledged += SPANS_A_REQUEST
        finally:
            writer.close()

    def _due(self) -> float:
        """When the next request is due: waiting for an earlier answer makes it no later."""
        if self._every_s is None:
            return time.perf_counter()
        due_s = self._next_s
        self._next_s += self._every_s
        return due_s

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes, due_s: float
    ) -> int:
        head = (
            f"POST {self._path} HTTP/1.1\r\nhost: {self._host}\r\ncontent-type: application/x-protobuf\r\n"
            f"{self._headers}content-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode())
        writer.write(body)
        await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        if status not in _ANSWERS:
            raise SystemExit(f"{self._host}:{self._port}{self._path} answered {status}")
        for line in answer.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await reader.readexactly(int(line.split(b":")[1]))
        self.latencies_s.append(time.perf_counter() - due_s)
        return status


def main() -> None:
    url, seconds = sys.argv[1], float(sys.argv[2])
    sender = Sender(url, spans_a_second=float(sys.argv[3]) if len(sys.argv) > 3 else None)
    took_s = asyncio.run(sender.run(seconds))
    ranked = sorted(sender.latencies_s)
    print(
        json.dumps(
            {
                "acknowledged": sender.sent.acknowledged,
                "told_to_wait": sender.sent.waited,
                "seconds": took_s,
                "spans_a_second": sender.sent.acknowledged / took_s,
                "p50_ms": 1000 * statistics.median(ranked),
                "p95_ms": 1000 * ranked[int(0.95 * (len(ranked) - 1))],
                "request_bytes": len(sender._templates[0].body),
            }
        )
    )


if __name__ == "__main__":
    main()
