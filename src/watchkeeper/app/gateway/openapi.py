"""The gateway's surface as OpenAPI: what its own paths take; provider fields beyond these pass through."""

from functools import cache
from typing import Any

_ERRORS = {
    status: {"description": what}
    for status, what in {
        "400": "The request is wrong; the body says how, in the client's own dialect.",
        "401": "A key is needed, or is not good.",
        "402": "A budget leaves no room, or a price is not known.",
        "403": "The key may not do this.",
        "404": "No such route, target or model.",
        "405": "The path takes another method.",
        "408": "The request did not become whole in time.",
        "413": "The request is too long.",
        "422": "The provider calls the request wrong.",
        "429": "Come back later; `Retry-After` says when.",
        "502": "The provider failed.",
        "503": "Nobody can answer now.",
        "504": "The provider did not answer in time.",
    }.items()
}
_JSON_OR_STREAM: dict[str, Any] = {
    "application/json": {"schema": {"type": "object"}},
    "text/event-stream": {"schema": {}},
}


@cache
def openapi() -> dict[str, Any]:
    """The document served at `/openapi.json`."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Watchkeeper gateway", "version": "1"},
        "paths": {
            "/v1/chat/completions": _post("A chat completion, in OpenAI's dialect.", _chat()),
            "/v1/embeddings": _post("Embeddings, in OpenAI's dialect.", _embeddings()),
            "/v1/messages": _post("A message, in Anthropic's dialect.", _message()),
            "/v1/models": _get("Routes and targets that may be named as `model`.", "application/json"),
            "/healthz": _get("Whether the process lives.", "application/json"),
            "/readyz": _get("Whether it should get calls, and if not why.", "application/json"),
            "/metrics": _get("Figures of all workers, for Prometheus.", "text/plain"),
        },
    }


def _post(summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "post": {
            "summary": summary,
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {"200": {"description": "The reply.", "content": _JSON_OR_STREAM}, **_ERRORS},
        }
    }


def _get(summary: str, media_type: str) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {"schema": {}}}
    return {
        "get": {
            "summary": summary,
            "responses": {
                "200": {"description": "As asked.", "content": content},
                "401": _ERRORS["401"],
                "503": {"description": "Not ready."},
            },
        }
    }


def _chat() -> dict[str, Any]:
    return _body(
        {
            "model": {"type": "string", "minLength": 1, "maxLength": 256},
            "messages": _messages(["system", "developer", "user", "assistant", "tool"]),
            "stream": {"type": "boolean"},
            "max_tokens": {"type": "integer", "minimum": 1},
            "n": {"type": "integer", "minimum": 1},
            "temperature": {"type": "number"},
        },
        required=["model", "messages"],
    )


def _message() -> dict[str, Any]:
    return _body(
        {
            "model": {"type": "string", "minLength": 1, "maxLength": 256},
            "messages": _messages(["user", "assistant"]),
            "max_tokens": {"type": "integer", "minimum": 1},
            "stream": {"type": "boolean"},
            "temperature": {"type": "number"},
        },
        required=["model", "messages", "max_tokens"],
    )


def _embeddings() -> dict[str, Any]:
    return _body(
        {
            "model": {"type": "string", "minLength": 1, "maxLength": 256},
            "input": {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {"type": "array", "items": {"type": "string"}, "minItems": 1},
                ]
            },
        },
        required=["model", "input"],
    )


def _messages(roles: list[str]) -> dict[str, Any]:
    message = _body(
        {"role": {"type": "string", "enum": roles}, "content": {"type": "string"}},
        required=["role", "content"],
    )
    return {"type": "array", "items": message, "minItems": 1}


def _body(properties: dict[str, Any], *, required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": True}
