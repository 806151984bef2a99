"""Who may call the gateway, as what, and how much in a minute."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.app.key_ring import key_copy
from watchkeeper.gateway.keys.api_key import ApiKey, KeyRole, hash_of
from watchkeeper.gateway.keys.ports import KeySet
from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream

if TYPE_CHECKING:
    from conftest import GatewayTest, Scene

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
CALLER = "wk-callers"
ELSEWHERE = {"host": "0.0.0.0"}


def make_key(gateway: "GatewayTest", secret: str = CALLER, **fields: Any) -> None:
    """Leave a key in the copy that a gateway without a database starts with."""
    copy = key_copy(gateway.data_dir)
    kept = copy.read()
    before = kept.keys if kept else ()
    key = ApiKey(
        **{
            "key_id": f"key-{len(before) + 1}",
            "name": "ci",
            "sha256": hash_of(secret),
            "hint": secret[-4:],
            "role": KeyRole.CALLER,
            "created_at": LONG_AGO,
            "created_by": "Kim",
            **fields,
        }
    )
    copy.write(KeySet(len(before) + 1, (*before, key)))


async def call(scene: "Scene", model: str = "small", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"model": model, "messages": [{"role": "user", "content": "hi"}], "max_tokens": 10}
    return await scene.client.post("/v1/chat/completions", json=body, headers=named)


@pytest.mark.parametrize(
    "header",
    [{"authorization": f"Bearer {CALLER}"}, {"x_api_key": CALLER}, {"x_watchkeeper_key": CALLER}],
    ids=["bearer", "x-api-key", "ours"],
)
def test_from_elsewhere_a_call_needs_a_key_of_ours_in_any_of_three_headers(
    gateway: "GatewayTest", header: dict[str, str]
) -> None:
    make_key(gateway)
    gateway.settings["gateway"] = ELSEWHERE
    with ScriptedUpstream(then=answer("hello")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            refused = await call(scene)
            assert (refused.status_code, refused.json()["error"]["code"]) == (401, "key_refused")
            assert (await scene.client.get("/v1/models")).status_code == 401
            assert (await call(scene, **header)).status_code == 200
            assert [receipt.key_id for receipt in scene.receipts] == [None, "key-1"]

        gateway.run(story)
        assert len(upstream.requests) == 1


def test_the_probes_answer_without_a_key(gateway: "GatewayTest") -> None:
    gateway.settings["gateway"] = ELSEWHERE

    async def story(scene: "Scene") -> None:
        assert [(await scene.client.get(path)).status_code for path in ("/healthz", "/readyz")] == [200, 200]

    gateway.run(story)


def test_on_this_machine_nobody_needs_a_key_though_there_are_some(gateway: "GatewayTest") -> None:
    make_key(gateway)
    with ScriptedUpstream(then=answer("hello")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            assert (await call(scene)).status_code == 200
            assert (await call(scene, x_watchkeeper_key="wk-unknown")).status_code == 401

        gateway.run(story)


def test_on_this_machine_a_key_is_needed_where_the_settings_say_so(gateway: "GatewayTest") -> None:
    gateway.settings["gateway"] = {"keys": "required"}
    gateway.settings["server"] = {"keys": ["wk-of-the-settings"]}
    with ScriptedUpstream(then=answer("hello")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            assert (await call(scene)).status_code == 401
            assert (await call(scene, x_watchkeeper_key="wk-of-the-settings")).status_code == 200
            assert scene.receipts[-1].key_id == "settings-1"

        gateway.run(story)


def test_a_key_of_ours_lets_a_call_through_with_the_clients_own_provider_key(
    gateway: "GatewayTest",
) -> None:
    make_key(gateway)
    gateway.settings["gateway"] = ELSEWHERE
    with ScriptedUpstream(then=answer("hello")) as upstream:
        gateway.settings["passthrough"] = {"openai": {"base_url": upstream.base_url}}

        async def story(scene: "Scene") -> None:
            alone = await call(scene, "gpt-4o", authorization="Bearer sk-own")
            assert (alone.status_code, alone.json()["error"]["code"]) == (401, "key_refused")
            for ours in ({"x_watchkeeper_key": CALLER}, {"x_api_key": CALLER}):
                together = await call(scene, "gpt-4o", authorization="Bearer sk-own", **ours)
                assert together.status_code == 200

        gateway.run(story)
        assert len(upstream.requests) == 2
        for request in upstream.requests:
            assert request.headers["authorization"] == "Bearer sk-own"
            assert CALLER not in str(dict(request.headers))


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"role": KeyRole.READER}, 403, "key_forbidden"),
        ({"expires_at": LONG_AGO + timedelta(days=1)}, 401, "key_refused"),
        ({"revoked_at": LONG_AGO, "revoked_by": "Lo"}, 401, "key_refused"),
    ],
    ids=["reader", "expired", "revoked"],
)
def test_a_key_that_may_not_call_is_refused_with_a_receipt(
    gateway: "GatewayTest", fields: dict[str, Any], status: int, code: str
) -> None:
    make_key(gateway, **fields)
    with ScriptedUpstream(then=answer("never")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            refused = await call(scene, x_watchkeeper_key=CALLER)
            assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
            [receipt] = scene.receipts
            assert receipt.error_code == code
            assert CALLER not in str(receipt)

        gateway.run(story)
        assert not upstream.requests


def test_a_pinned_key_gives_its_calls_their_workload_and_lets_them_name_no_other(
    gateway: "GatewayTest",
) -> None:
    make_key(gateway, workload="explainer")
    with ScriptedUpstream(then=answer("hello")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            assert (await call(scene, x_watchkeeper_key=CALLER)).status_code == 200
            same = await call(scene, x_watchkeeper_key=CALLER, x_watchkeeper_workload="explainer")
            assert same.status_code == 200
            other = await call(scene, x_watchkeeper_key=CALLER, x_watchkeeper_workload="recommender")
            assert (other.status_code, other.json()["error"]["code"]) == (403, "key_forbidden")
            assert [receipt.workload for receipt in scene.receipts][:2] == ["explainer", "explainer"]

        gateway.run(story)


def test_a_keys_requests_a_minute_hold_and_another_key_has_its_own(gateway: "GatewayTest") -> None:
    make_key(gateway, requests_per_minute=2)
    make_key(gateway, "wk-others", requests_per_minute=2)
    with ScriptedUpstream(then=answer("hello")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            statuses = [(await call(scene, x_watchkeeper_key=CALLER)).status_code for _ in range(3)]
            assert statuses == [200, 200, 429]
            refused = await call(scene, x_watchkeeper_key=CALLER)
            assert refused.json()["error"]["code"] == "rate_limited"
            assert 1 <= int(refused.headers["retry-after"]) <= 62
            assert (await call(scene, x_watchkeeper_key="wk-others")).status_code == 200
            assert [receipt.error_code for receipt in scene.receipts][2:4] == ["rate_limited"] * 2

        gateway.run(story)
        assert len(upstream.requests) == 3


def test_a_keys_tokens_a_minute_are_bounded_before_and_counted_as_used_after(
    gateway: "GatewayTest",
) -> None:
    # A call may use some 1,100 tokens at most, and the answers tell of 15: a hundred fit where two would.
    make_key(gateway, tokens_per_minute=2500)
    with ScriptedUpstream(then=answer("hello")) as upstream:
        gateway.target("small", upstream)

        async def story(scene: "Scene") -> None:
            statuses = {(await call(scene, x_watchkeeper_key=CALLER)).status_code for _ in range(20)}
            assert statuses == {200}
            body = {"model": "small", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 9000}
            headers = {"x-watchkeeper-key": CALLER}
            whole = await scene.client.post("/v1/chat/completions", json=body, headers=headers)
            assert (whole.status_code, whole.json()["error"]["code"]) == (413, "request_too_large")

        gateway.run(story)


def test_where_keys_are_needed_figures_are_not_for_strangers(gateway: "GatewayTest") -> None:
    gateway.settings["gateway"] = {"keys": "required"}

    async def story(scene: "Scene") -> None:
        for path in ("/metrics", "/openapi.json", "/v1/models"):
            assert (await scene.client.get(path)).status_code in {401, 503}
        for path in ("/healthz", "/readyz"):
            assert (await scene.client.get(path)).status_code == 200

    gateway.run(story)
