"""A connection to a scripted provider: HTTP/1.1 read by httptools, one request at a time."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qs

import httptools
import orjson

from watchkeeper.testing.provider import openai_wire
from watchkeeper.testing.provider.asked import Asked, RefusedError, Speech, read_asked
from watchkeeper.testing.provider.counting import Ledger, LoggedRequest
from watchkeeper.testing.provider.exchange import Arrived, Exchange, control_reply, error_reply, json_reply
from watchkeeper.testing.provider.plan import Draws, Fault, ProviderPlan, plan_of_json
from watchkeeper.testing.provider.said import said

_SPEECHES = {speech.value.encode(): speech for speech in Speech}
_NOTED = {b"traceparent", b"x-request-id", b"authorization", b"x-api-key"}
_CONTROL = b"/control/"


@dataclass(slots=True)
class Provider:
    """What all connections share."""

    plan: ProviderPlan
    by_model: dict[str, ProviderPlan] = field(default_factory=dict)
    """Plans of models that behave otherwise."""
    ledger: Ledger = field(default_factory=Ledger)
    draws: dict[str, Draws] = field(default_factory=dict)

    def drawn(self, model: str) -> tuple[ProviderPlan, Fault | None, float]:
        """The plan of a model, with its next request's fault and latency."""
        name = model if model in self.by_model else ""
        plan = self.by_model.get(name, self.plan)
        draws = self.draws.get(name)
        if draws is None:
            draws = self.draws[name] = Draws(plan)
        return plan, *draws.next()

    def use(self, plan: ProviderPlan, by_model: dict[str, ProviderPlan]) -> None:
        """Behave otherwise from now on; draws begin anew."""
        self.plan, self.by_model, self.draws = plan, by_model, {}


class Connection(asyncio.Protocol):
    """Serves one connection."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._exchange: Exchange | None = None
        self._url = b""
        self._body: list[bytes] = []
        self._headers: dict[bytes, bytes] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._provider.ledger.counts.connections += 1

    def connection_lost(self, _: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        if self._exchange is not None:
            self._exchange.gone()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        """The request's target, in full as short ones come."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; only those that are noted are kept."""
        name = name.lower()
        if name in _NOTED:
            self._headers[name] = value

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        url, body, headers = self._url, b"".join(self._body), self._headers
        self._url, self._body, self._headers = b"", [], {}
        path, _, query = url.partition(b"?")
        speech = _SPEECHES.get(path)
        if speech is not None and self._parser.get_method() == b"POST":
            self._call(speech, body, headers)
        elif path == b"/v1/models":
            self._transport.write(json_reply(200, openai_wire.models()))
        elif path.startswith(_CONTROL):
            self._transport.write(self._controlled(path.removeprefix(_CONTROL), query, body))
        else:
            self._transport.write(error_reply(404, speech, f"nothing is at {path.decode('latin-1')}"))

    def _call(self, speech: Speech, body: bytes, headers: dict[bytes, bytes]) -> None:
        ledger = self._provider.ledger
        try:
            asked = read_asked(speech, orjson.loads(body), len(body))
        except (RefusedError, orjson.JSONDecodeError) as wrong:
            ledger.refused()
            self._transport.write(error_reply(400, speech, str(wrong)))
            return
        plan, fault, latency_s = self._provider.drawn(asked.model)
        answer = said(asked, plan.output_tokens)
        output_tokens = 0 if speech is Speech.EMBEDDINGS else answer.output_tokens * asked.choices
        billed = ledger.arrived(asked, fault, output_tokens)
        number = ledger.counts.requests
        logged = None
        if plan.keeps_log:
            logged = _logged(asked, headers, fault, number=number, output_tokens=output_tokens, billed=billed)
            if plan.keeps_bodies:
                logged.body = body.decode("utf-8", "replace")
            ledger.log.append(logged)
        arrived = Arrived(number, asked, answer, fault, logged)
        self._exchange = Exchange(arrived, plan, ledger, self._transport, over=self._over)
        self._exchange.start(latency_s)

    def _over(self) -> None:
        self._exchange = None

    def _controlled(self, what: bytes, query: bytes, body: bytes) -> bytes:
        provider = self._provider
        if what == b"counts":
            return control_reply(provider.ledger.counts_json())
        if what == b"requests":
            after = parse_qs(query.decode("latin-1")).get("after", ["0"])[0]
            return control_reply(provider.ledger.log_json(int(after) if after.isdigit() else 0))
        if what == b"reset":
            provider.ledger.reset()
            return control_reply({"reset": True})
        if what == b"plan":
            if body:
                try:
                    plan, by_model = plans_of_json(body)
                except (ValueError, TypeError) as wrong:
                    return error_reply(400, None, str(wrong))
                provider.use(plan, by_model)
            return control_reply(plans_json(provider.plan, provider.by_model))
        return error_reply(404, None, "there are counts, requests, reset and plan")


def plans_json(plan: ProviderPlan, by_model: dict[str, ProviderPlan]) -> bytes:
    """The plan, and those of models that behave otherwise, as JSON."""
    return orjson.dumps(
        {"plan": plan.to_json(), "by_model": {name: one.to_json() for name, one in by_model.items()}}
    )


def plans_of_json(text: bytes) -> tuple[ProviderPlan, dict[str, ProviderPlan]]:
    """What `plans_json` wrote.

    Raises:
        ValueError: It is no JSON, or a plan is wrong.
        TypeError: A plan has an unknown field.
    """
    found = orjson.loads(text)
    return plan_of_json(found["plan"]), {name: plan_of_json(one) for name, one in found["by_model"].items()}


def _logged(
    asked: Asked,
    headers: dict[bytes, bytes],
    fault: Fault | None,
    *,
    number: int,
    output_tokens: int,
    billed: bool,
) -> LoggedRequest:
    credential = headers.get(b"x-api-key") or headers.get(b"authorization", b"").removeprefix(b"Bearer ")
    return LoggedRequest(
        number=number,
        arrived_s=time.monotonic(),
        path=asked.speech.value,
        model=asked.model,
        stream=asked.stream,
        traceparent=headers.get(b"traceparent", b"").decode("latin-1"),
        request_id=headers.get(b"x-request-id", b"").decode("latin-1"),
        credential=credential.decode("latin-1"),
        fault=None if fault is None else fault.value,
        status=None,
        input_tokens=asked.input_tokens,
        output_tokens=output_tokens,
        billed=billed,
    )
