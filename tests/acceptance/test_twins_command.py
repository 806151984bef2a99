"""Twins side by side: planted disagreements are all found, under the right names, and nothing else."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Installation

LAYOUT = {"assets": 301_339_818, "cash": 7_335_586, "chairman": "Brf Åsa Lindqvist", "org_no": "769600-1234"}
FLOW = {"assets": "301 339 818", "cash": 7_335_586, "chairman": "ÅSA LINDQVIST", "org_no": "769600-1234"}
OWNER = {"pid": 1, "start": "1"}


def begin(office: "Installation") -> str:
    with office.api() as api:
        run = api.post("/runs", {"workload": "annual-reports", "items": 1, "owner": OWNER})
    return str(run["run_id"])


def post(office: "Installation", run_id: str, answers: dict[str, dict[str, Any]], doc: str = "a.pdf") -> None:
    rows = [
        {
            "workload": "annual-reports",
            "document": doc,
            "document_sha256": "0" * 64,
            "model": model,
            "data": {"fields": {name: {"value": value} for name, value in values.items()}},
            "success": True,
            "status": "ok",
            "error": None,
            "processing_ms": 1.0,
            "pages": 1,
        }
        for model, values in answers.items()
    ]
    with office.api() as api:
        api.post(f"/runs/{run_id}/results", rows)


@pytest.fixture
def run_id(office: "Installation") -> str:
    office.run("status")
    return begin(office)


def verdicts(shown: dict[str, Any]) -> dict[str, str]:
    return {row["field"]: row["verdict"] for row in shown["fields"]}


@pytest.mark.requirement("GF-27")
def test_the_same_values_written_differently_are_no_disagreement(office: "Installation", run_id: str) -> None:
    post(office, run_id, {"layout": LAYOUT, "flow": FLOW})
    shown = office.json("twins", "show", run_id, "a.pdf")
    assert set(verdicts(shown).values()) == {"agree"}
    assert shown["agreement"] == 1.0
    assert office.json("twins", "show", run_id, "a.pdf", "--differing")["fields"] == []


@pytest.mark.requirement("GF-27")
def test_every_planted_disagreement_is_found_and_nothing_else(office: "Installation", run_id: str) -> None:
    planted = {
        **FLOW,
        "assets": 301_339_818 * 1.0102,
        "chairman": "Östen Dal",
        "auditor": "Siv Berg",
        "org_no": None,
    }
    post(office, run_id, {"layout": LAYOUT, "flow": planted})
    shown = office.json("twins", "show", run_id, "a.pdf")
    assert verdicts(shown) == {
        "assets": "differ",
        "auditor": "missing",
        "cash": "agree",
        "chairman": "differ",
        "org_no": "missing",
    }
    assert shown["agreement"] == pytest.approx(1 / 5)
    table = office.run("twins", "show", run_id, "a.pdf", "--differing").stdout
    assert [line.split()[0] for line in table.splitlines()[3:-2]] == [
        "assets",
        "auditor",
        "chairman",
        "org_no",
    ]
    assert "agreement: 20.00 %" in table


@pytest.mark.requirement("GF-27")
@pytest.mark.parametrize("order", [("layout", "flow", "vision"), ("vision", "flow", "layout")], ids="-".join)
def test_a_value_stands_under_the_reader_that_gave_it_in_whatever_order_they_came(
    office: "Installation", run_id: str, order: tuple[str, ...]
) -> None:
    for reader in order:
        post(office, run_id, {reader: {"cash": f"said by {reader}"}})
    shown = office.json("twins", "show", run_id, "a.pdf")
    assert sorted(shown["readers"]) == ["flow", "layout", "vision"]
    assert shown["fields"][0]["values"] == {reader: f"said by {reader}" for reader in order}
    table = office.run("twins", "show", run_id, "a.pdf").stdout.splitlines()
    header, row = table[1], table[3]
    for reader in order:
        assert row.index(f"said by {reader}") == header.index(reader)


def test_one_reader_alone_gives_no_agreement(office: "Installation", run_id: str) -> None:
    post(office, run_id, {"layout": LAYOUT})
    assert office.json("twins", "show", run_id, "a.pdf")["agreement"] is None
    found = office.json("twins", "agreement", "--run", run_id)
    assert (found["agreement"], found["band"]) == (None, "no data")


@pytest.mark.parametrize(("agreeing", "band", "code"), [(8, "good", 0), (7, "watch", 0), (5, "intervene", 1)])
def test_agreement_bands_begin_where_they_are_said_to(
    office: "Installation", run_id: str, agreeing: int, band: str, code: int
) -> None:
    same = {f"f{number}": "x" for number in range(10)}
    other = {name: "x" if number < agreeing else "y" for number, name in enumerate(same)}
    post(office, run_id, {"layout": same, "flow": other})
    found = office.json("twins", "agreement", "--run", run_id, exits=code)
    assert (found["agreement"], found["band"]) == (pytest.approx(agreeing / 10), band)


def test_an_unknown_document_is_said_to_be_unknown(office: "Installation", run_id: str) -> None:
    done = office.run("twins", "show", run_id, "nowhere.pdf")
    assert done.returncode == 1
    assert "nowhere.pdf" in done.stderr


@pytest.mark.slow
def test_agreement_on_wrong_values_is_reported_when_there_are_labels(
    office: "Installation", report: Path, tmp_path: Path
) -> None:
    truth = json.loads((report.parent / "labels.json").read_text(encoding="utf-8"))
    fields = truth[report.name]["fields"]
    right = fields["assets"]["value"]
    fields["assets"] = {"value": right * 2, "accept": []}
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({report.name: {"fields": fields}}), encoding="utf-8")
    found = office.json("run", "annual-reports", report, "--output", "wrong.jsonl", "--labels", labels)
    wrong = [one for one in found["agreed_wrong"] if one["field"] == "assets"]
    assert wrong == [{"document": report.name, "field": "assets", "value": right, "truth": right * 2}]
    told = office.run("run", "annual-reports", report, "--output", "wrong.jsonl", "--labels", labels)
    assert f"the twins agree and are wrong: {report.name} assets: {right!r}" in told.stdout
