"""One client's call in a storm, in either dialect, and what it saw."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from watchkeeper.testing.provider.said import foretold
from watchkeeper.testing.wire_client import Ended, WireClient, WireReply, post

OUTPUT_TOKENS = 20
_OPENAI, _ANTHROPIC = "/v1/chat/completions", "/v1/messages"


@dataclass(frozen=True, slots=True)
class StormCall:
    """What to ask."""

    number: int
    anthropic: bool
    stream: bool

    @property
    def nonce(self) -> str:
        """The word its answer must begin with."""
        return f"call{self.number:07d}"

    @property
    def trace_id(self) -> str:
        """Its trace, by which receipts and the provider's log tell of it."""
        return f"{self.number + 1:032x}"

    def request(self, url: str, model: str) -> bytes:
        """As bytes."""
        body: dict[str, Any] = {
            "model": model,
            "max_tokens": 2 * OUTPUT_TOKENS,
            "messages": [{"role": "user", "content": f"{self.nonce} tell me more"}],
        }
        if self.stream:
            body["stream"] = True
        headers = {"traceparent": f"00-{self.trace_id}-{self.number + 1:016x}-01"}
        return post(url, _ANTHROPIC if self.anthropic else _OPENAI, body, headers)


@dataclass(slots=True)
class Seen:
    """What the client saw."""

    call: StormCall
    ended: Ended
    status: int | None
    seconds: float
    text: str = ""
    error: dict[str, Any] | None = None
    """The error's fields, in an error reply or in the event that ends a stream."""
    receipt_id: str | None = None
    target: str | None = None
    cost_usd: Decimal | None = None
    wrong: list[str] = field(default_factory=list)
    """What breaks the dialect's rules, or the answer's."""

    @property
    def succeeded(self) -> bool:
        """Whether the whole right answer came."""
        return self.error is None and not self.wrong

    def accuse(self, what: str) -> None:
        """Note what is wrong."""
        self.wrong.append(what)


async def ask(client: WireClient, call: StormCall, *, url: str, model: str, within_s: float) -> Seen:
    """Make a call and judge what came back."""
    reply = await client.ask(call.request(url, model), within_s=within_s)
    seen = Seen(call, reply.ended, reply.status, reply.seconds)
    if reply.ended is not Ended.WHOLE:
        seen.accuse(f"the reply ended {reply.ended.value} after {reply.seconds:.2f} s")
        return seen
    try:
        if reply.status == 200:
            _read_answer(seen, reply)
        else:
            _read_error(seen, reply.json)
    except (ValueError, KeyError, TypeError, IndexError) as broken:
        seen.accuse(f"the reply is not of its dialect: {broken!r} in {reply.body[-300:]!r}")
    return seen


def _read_answer(seen: Seen, reply: WireReply) -> None:
    if seen.call.stream:
        _read_stream(seen, reply)
    else:
        body = reply.json
        texts = (
            body["content"][0]["text"] if seen.call.anthropic else body["choices"][0]["message"]["content"]
        )
        seen.text = texts
        _read_told(seen, reply.headers, prefix="x-watchkeeper-")
    whole = foretold(seen.call.nonce, OUTPUT_TOKENS)
    if seen.error is None and seen.text != whole:
        seen.accuse(f"the answer is {seen.text[:60]!r}")
    if seen.error is not None and not whole.startswith(seen.text):
        seen.accuse(f"the answer begins {seen.text[:60]!r}")


def _read_stream(seen: Seen, reply: WireReply) -> None:
    events = reply.events
    if seen.call.anthropic:
        deltas = [one["delta"] for one in events if one["type"] == "content_block_delta"]
        seen.text = "".join(delta["text"] for delta in deltas)
        is_complete = events[-1]["type"] == "message_stop"
    else:
        choices = [choice for one in events for choice in one.get("choices", [])]
        seen.text = "".join(choice["delta"].get("content") or "" for choice in choices)
        is_complete = b"data: [DONE]" in reply.body
    if "error" in events[-1]:
        _read_error(seen, events[-1], in_stream=True)
        if is_complete:
            seen.accuse("an error ends the stream, and its end mark too")
    elif not is_complete:
        seen.accuse("the stream has no end")
    words = reply.last_words
    if words is None:
        seen.accuse("the stream does not end with the gateway's comment")
    else:
        _read_told(seen, words, prefix="")


def _read_told(seen: Seen, told: dict[str, Any], *, prefix: str) -> None:
    seen.receipt_id = told[f"{prefix}receipt"]
    seen.target = told.get(f"{prefix}target")
    cost = told.get(f"{prefix}cost{'-' if prefix else '_'}usd")
    seen.cost_usd = None if cost is None else Decimal(cost)


def _read_error(seen: Seen, body: dict[str, Any], *, in_stream: bool = False) -> None:
    seen.error = body["error"]
    if seen.call.anthropic and body["type"] != "error":
        seen.accuse("the error is not in Anthropic's shape")
    if not isinstance(body["error"]["type"], str) or not isinstance(body["error"]["message"], str):
        seen.accuse("the error has no type or message")
    if not in_stream and (seen.status is None or seen.status < 400):
        seen.accuse(f"an error came with status {seen.status}")
