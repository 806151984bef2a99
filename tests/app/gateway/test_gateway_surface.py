"""The gateway's own description of its surface, tried with whatever it allows and forbids."""

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from watchkeeper.testing.scripted_reply import ScriptedReply, answer
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream

if TYPE_CHECKING:
    from conftest import Process

pytestmark = pytest.mark.slow


def test_no_request_brings_out_an_error_of_ours(process: "Process") -> None:
    with ScriptedUpstream(then=_whatever_is_asked) as upstream:
        process.settings |= {
            "targets": {"m": {"provider": "openai", "base_url": upstream.base_url, "model": "gpt-4o-mini"}},
            "passthrough": {"enabled": False},
        }
        process.start()
        described = schemathesis.openapi.from_url(f"{process.url}/openapi.json")
        operations = [found.ok() for found in described.get_all_operations()]
        assert len(operations) == 7
        for operation in operations:
            _try(operation)


def _whatever_is_asked(request: RecordedRequest) -> ScriptedReply:
    if not request.path.endswith("/embeddings"):
        return answer("ok")
    asked = request.json["input"]
    rows = [
        {"object": "embedding", "index": at, "embedding": [0.5]}
        for at in range(len(asked) if isinstance(asked, list) else 1)
    ]
    body = {"object": "list", "model": "m", "data": rows, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    return answer("", body=json.dumps(body).encode())


def _try(operation: Any) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def holds(case: Any) -> None:
        if isinstance(case.body, dict) and case.body.get("model"):
            case.body["model"] = "m"  # most names lead nowhere, which is soon told
        reply = case.call()
        assert reply.status_code < 500, reply.content
        if reply.status_code >= 400:
            assert reply.json()["error"]["message"]

    holds()


def test_an_endless_head_is_cut_off(process: "Process") -> None:
    process.start()
    with pytest.raises(httpx.HTTPError) as ended, httpx.Client() as client:
        headers = [(f"x-{number}", "y" * 1000) for number in range(200)]
        reply = client.get(f"{process.url}/healthz", headers=headers)
        raise httpx.HTTPError(f"status {reply.status_code}")
    assert "200" not in str(ended.value)
    assert httpx.get(f"{process.url}/healthz").status_code == 200
