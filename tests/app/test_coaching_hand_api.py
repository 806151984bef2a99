"""Sessions of runs whose extractions failed are set aside by one command; the others are not."""

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from watchkeeper.app.client import ApiClient
from watchkeeper.app.process_identity import own_start
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import NotFoundError

if TYPE_CHECKING:
    from conftest import StartServer

PATH = "/coaching/annual-reports"


def session(run_id: str) -> dict[str, Any]:
    rounds = {
        "round": 1, "accuracy": 0.9, "coverage": 1, "precision": 1, "recall": 1, "f1": 1,
        "strategy": "refine",
        "reason": "0.90 is between", "change": None, "improvement": 0.1, "basis": "truth", "phase": 1,
    }  # fmt: skip
    return {
        "run_id": run_id,
        "document": "asen.pdf",
        "agent": "balance_sheet",
        "status": "completed",
        "max_rounds": 3,
        "rounds": [rounds],
    }


def read(client: ApiClient, run_id: str, *, success: bool) -> None:
    result = {
        "workload": "annual-reports", "document": "asen.pdf", "document_sha256": None, "model": "layout",
        "data": {}, "success": success, "status": "ok" if success else "error", "error": None,
        "processing_ms": 5.0, "pages": 1,
    }  # fmt: skip
    client.post(f"/runs/{run_id}/results", [result])


@pytest.fixture
def client(start_server: "StartServer") -> Iterator[ApiClient]:
    with ApiClient(start_server().address) as opened:
        yield opened


@pytest.mark.requirement("GF-43")
def test_sessions_of_failed_runs_are_set_aside_and_still_there_to_be_looked_at(client: ApiClient) -> None:
    owner = {"pid": os.getpid(), "start": own_start()}
    whole = {"workload": "annual-reports", "items": 1, "owner": owner}
    bad, good = (client.post("/runs", whole)["run_id"] for _ in range(2))
    for run in (bad, good):
        client.post(f"{PATH}/sessions", session(run))
        read(client, run, success=run == good)
    told = CliRunner().invoke(app, ["--server", client.url, "coach", "void", "--by", "Ida", "--json"])
    found = json.loads(told.stdout)
    assert (found["runs"], len(found["sessions"])) == ([bad], 1)
    assert {row["run_id"] for row in client.get(f"{PATH}/rounds")} == {good}
    again = CliRunner().invoke(app, ["--server", client.url, "coach", "void", "--by", "Ida"])
    assert again.stdout == "0 sessions of 0 runs with failed extractions set aside\n"


def test_an_order_for_an_agent_that_is_not_there_is_refused_with_those_that_are(
    start_server: "StartServer",
) -> None:
    with ApiClient(start_server(installed=None).address) as client:
        with pytest.raises(NotFoundError, match="annual-reports has no agent 'nobody'") as refused:
            client.post(f"{PATH}/orders", {"agent": "nobody", "strategy": "explore", "by": "Ida"})
        assert "balance_sheet" in (refused.value.action or "")
        with pytest.raises(NotFoundError, match="has no agent"):
            client.get(f"{PATH}/instructions?agent=nobody")
        assert client.get(f"{PATH}/orders") == []
