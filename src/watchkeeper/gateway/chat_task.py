"""What a baseline engine is given of a chat that came over HTTP: who asks, and the text of its messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.gateway.dialects import Operation
from watchkeeper.gateway.relay.request import ClientRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a chat."""

    role: str
    """`system`, `developer`, `user` or `assistant`."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTask:
    """A chat without images and tools, of one answer."""

    workload: str
    agent: str | None
    messages: tuple[Said, ...]
    """In their order; instructions first."""
    json_schema: Mapping[str, Any] | None
    """What the answer must fit: it is then an object, and no text."""


def chat_task(request: ClientRequest, *, workload: str, agent: str | None) -> ChatTask | None:
    """The task in a request; None where it asks for tools, reads images or wants several answers."""
    facts = request.facts
    if request.operation is not Operation.CHAT or facts.has_tools or facts.n != 1 or not facts.plain_text:
        return None
    body: Mapping[str, Any] = request.body
    said = [Said(role="system", text=_text_of(body["system"]))] if body.get("system") else []
    said.extend(Said(role=one["role"], text=_text_of(one.get("content"))) for one in body["messages"])
    return ChatTask(workload=workload, agent=agent, messages=tuple(said), json_schema=facts.json_schema)


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))
