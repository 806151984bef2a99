"""Keys and orders over the API: who may do what, what is told, what is kept."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from watchkeeper.app.client import ApiClient
from watchkeeper.app.process_identity import own_start
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.testing.clock import MovedClock

if TYPE_CHECKING:
    from conftest import StartServer

OPERATOR = "wk-operator-operator"
LIST_OF_LATER = "2026-12-31T00:00:00Z"


def with_key(url: str, key: str | None) -> ApiClient:
    return ApiClient(url, key=key)


def refused(client: ApiClient, method: str, path: str, body: Any = None) -> tuple[int, str]:
    with pytest.raises(WatchkeeperError) as told:
        client.request(method, path, body=body)
    return told.value.status, told.value.code


def make(operator: ApiClient, role: str, **fields: Any) -> tuple[str, str]:
    made = operator.post("/keys", {"name": f"a {role}", "role": role, **fields})
    return made["key"], made["key_id"]


def test_a_key_is_shown_once_and_never_again(start_server: "StartServer") -> None:
    with with_key(start_server(keys=[OPERATOR]).address, OPERATOR) as operator:
        made = operator.post("/keys", {"name": "ci", "workload": "explainer", "requests_per_minute": 60})

        [row] = operator.get("/keys")

        assert made["key"].startswith("wk-")
        assert row == {name: value for name, value in made.items() if name != "key"}
        assert (row["state"], row["created_by"], row["hint"]) == (
            "active",
            "key 1 of the settings",
            made["key"][-4:],
        )
        assert made["key"] not in str(operator.get("/keys/audit"))


def test_a_key_made_opens_at_once_and_a_revoked_one_no_more(start_server: "StartServer") -> None:
    url = start_server(keys=[OPERATOR]).address
    with with_key(url, OPERATOR) as operator:
        secret, key_id = make(operator, "reader")
        with with_key(url, secret) as reader:
            assert reader.get("/budgets") == []
            operator.post(f"/keys/{key_id}/revoke", {"by": "Lo", "reason": "lost"})
            assert refused(reader, "GET", "/budgets") == (401, "key_needed")
        [row] = operator.get("/keys")
        assert (row["state"], row["revoked_by"], row["revoke_reason"]) == ("revoked", "Lo", "lost")
        acts = [(act["act"], act["by"]) for act in operator.get("/keys/audit")]
        assert acts == [("created", "key 1 of the settings"), ("revoked", "Lo")]


def test_an_expired_key_is_told_as_expired(start_server: "StartServer") -> None:
    clock = MovedClock()
    url = start_server(keys=[OPERATOR], clock=clock).address
    with with_key(url, OPERATOR) as operator:
        secret, _ = make(operator, "reader", expires_in_s=60)
        clock.advance(60)
        with with_key(url, secret) as reader, pytest.raises(WatchkeeperError, match="expired at 2026-01-05"):
            reader.get("/budgets")
        assert operator.get("/keys")[0]["state"] == "expired"


ORDER = {"kind": "cache empty"}
RUN = {"workload": "annual-reports", "items": 1}


@pytest.mark.parametrize(
    ("method", "path", "body", "let_in"),
    [
        ("GET", "/budgets", None, {"reader"}),
        ("GET", "/gateway", None, {"reader"}),
        ("GET", "/orders", None, {"reader"}),
        ("GET", "/receipts", None, {"reader"}),
        ("GET", "/runs", None, {"reader", "caller"}),
        ("GET", "/budgets/admission?workload=explainer", None, {"reader", "caller"}),
        ("POST", "/canaries", {"workload": "w", "suite": "s", "checks": []}, {"caller"}),
        ("POST", "/orders", ORDER, set()),
        ("POST", "/budgets/batch/enable", {"by": "Lo", "reason": "must"}, set()),
        ("GET", "/keys", None, set()),
        ("GET", "/keys/audit", None, set()),
        ("POST", "/keys", {"name": "more"}, set()),
        ("POST", "/keys/key-1/revoke", {}, set()),
    ],
)
def test_a_role_opens_what_is_its_own_and_an_operators_opens_all(
    start_server: "StartServer", method: str, path: str, body: Any, let_in: set[str]
) -> None:
    url = start_server(keys=[OPERATOR]).address
    with with_key(url, OPERATOR) as operator:
        for role in ("reader", "caller", "operator"):
            secret, _ = make(operator, role)
            reply = httpx.request(
                method, f"{url}/api/v1{path}", json=body, headers={"x-watchkeeper-key": secret}
            )
            forbidden = reply.status_code == 403
            assert forbidden == (role not in {*let_in, "operator"}), (role, reply.text)
            if forbidden:
                assert reply.json()["error"]["code"] == "key_forbidden"


def test_pages_are_a_readers_and_its_cookie_ends_with_its_key(start_server: "StartServer") -> None:
    url = start_server(keys=[OPERATOR]).address
    with with_key(url, OPERATOR) as operator, httpx.Client(base_url=url) as browser:
        caller, _ = make(operator, "caller")
        reader, key_id = make(operator, "reader")
        assert browser.get("/", auth=("me", caller)).status_code == 403
        assert "set-cookie" in browser.get("/", auth=("me", reader)).headers
        assert browser.get("/api/v1/budgets").status_code == 200
        assert browser.post("/api/v1/orders", json=ORDER).status_code == 403
        operator.post(f"/keys/{key_id}/revoke", {})
        assert browser.get("/api/v1/budgets").status_code == 401


def test_a_cookie_for_one_key_is_none_for_another(start_server: "StartServer") -> None:
    url = start_server(keys=[OPERATOR]).address
    with with_key(url, OPERATOR) as operator, httpx.Client(base_url=url) as browser:
        reader, _ = make(operator, "reader")
        given = browser.get("/", auth=("me", reader)).cookies["watchkeeper"]
        forged = f"settings-1.{given.rpartition('.')[2]}"
        reply = httpx.get(f"{url}/api/v1/budgets", headers={"cookie": f"watchkeeper={forged}"})
        assert reply.status_code == 401


def test_where_no_key_is_asked_for_somebody_is_named(start_server: "StartServer") -> None:
    with with_key(start_server().address, None) as client:
        assert refused(client, "POST", "/keys", {"name": "ci"}) == (400, "invalid_input")
        assert client.post("/keys", {"name": "ci", "by": "Kim"})["created_by"] == "Kim"
        assert refused(client, "POST", "/orders", ORDER) == (400, "invalid_input")
        assert client.post("/orders", {**ORDER, "by": "Kim"})["order"]["by"] == "Kim"


def test_an_order_keeps_who_gave_it_with_which_key_and_why(start_server: "StartServer") -> None:
    url = start_server(keys=[OPERATOR]).address
    with with_key(url, OPERATOR) as operator:
        secret, key_id = make(operator, "operator")
        with with_key(url, secret) as other:
            given = other.post("/orders", {**ORDER, "route": "extract", "reason": "new prompt"})
        [order] = operator.get("/orders")
        assert given["order"] == order
        assert (order["by"], order["key_id"], order["reason"]) == ("a operator", key_id, "new prompt")
        assert (order["kind"], order["about"]) == ("cache empty", {"route": "extract"})
        assert operator.get(f"/orders/{order['seq']}") == given
        assert (given["running"], given["acknowledged"], given["waiting"]) == (0, [], [])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/keys", {"name": ""}, 400),
        ("/keys", {"name": "ci", "role": "king"}, 400),
        ("/keys", {"name": "ci", "requests_per_minute": 0}, 400),
        ("/keys", {"name": "ci", "expires_in_s": -1}, 400),
        ("/keys", {"name": "ci", "expires_in_s": 1e300}, 400),
        ("/keys", {"name": "ci", "expires_at": "2026-12-31T00:00:00"}, 400),
        ("/keys", {"name": "ci", "expires_at": "2001-12-31T00:00:00Z"}, 400),
        ("/keys", {"name": "ci", "expires_at": LIST_OF_LATER, "expires_in_s": 5}, 400),
        ("/keys", {"name": "ci", "secret": "wk-mine"}, 400),
        ("/keys/key-none/revoke", {}, 404),
        ("/orders", {"kind": "tap dance"}, 400),
        ("/orders", {"kind": "breaker open"}, 404),
        ("/orders", {"kind": "breaker open", "target": "nobody"}, 404),
        ("/orders", {"kind": "cache empty", "target": "nobody"}, 400),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    start_server: "StartServer", path: str, body: Any, status: int
) -> None:
    with with_key(start_server(keys=[OPERATOR]).address, OPERATOR) as operator:
        assert refused(operator, "POST", path, body)[0] == status
        assert (operator.get("/keys"), operator.get("/orders")) == ([], [])


def test_with_no_gateway_there_is_no_worker_and_no_state_is_made_up(start_server: "StartServer") -> None:
    with with_key(start_server().address, None) as client:
        found = client.get("/gateway")
    assert (found["workers"], found["breakers"], found["caches"]) == ([], [], [])
    assert datetime.fromisoformat(found["at"]).tzinfo == UTC


def test_when_a_batch_ends_the_answers_kept_for_its_workload_are_put_out(start_server: "StartServer") -> None:
    with ApiClient(start_server().address) as client:
        owner = {"pid": os.getpid(), "start": own_start()}
        run = client.post("/runs", {"workload": "annual-reports", "items": 0, "owner": owner})
        client.post(f"/runs/{run['run_id']}/finish", {"status": "finished", "seconds": 1.0, "details": {}})

        [order] = client.get("/orders")

        assert (order["kind"], order["about"]) == ("cache empty", {"workload": "annual-reports"})
        assert order["reason"] == f"run {run['run_id']} has ended"
