"""Every command: valid JSON by its own schema, and exit codes that say how it went."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from conftest import FinishedRun, Installation


def valid(installation: "Installation", name: str, output: str) -> Any:
    schema = json.loads(installation.run("schema", *name.split()).stdout)
    value = json.loads(output)
    jsonschema.validate(value, schema, cls=jsonschema.Draft202012Validator)
    assert len(schema) > 2, "a schema that says something"
    return value


def test_what_is_printed_as_json_fits_its_schema(
    office: "Installation", first_run: "FinishedRun", report: Path
) -> None:
    document = first_run.lines[0]["document"]
    calls: dict[str, tuple[object, ...]] = {
        "status": (),
        "documents list": (),
        "documents add": (report,),
        "receipts tail": ("--limit", 5),
        "receipts errors": ("--run", first_run.run_id),
        "receipts success": ("--run", first_run.run_id),
        "receipts verify": (),
        "twins show": (first_run.run_id, document),
        "twins agreement": ("--run", first_run.run_id),
        "run": ("annual-reports", report, "--output", "schema.jsonl"),
    }
    for name, arguments in calls.items():
        done = office.run(*name.split(), *arguments, "--json")
        assert done.returncode in {0, 1}, (name, done.stderr)
        valid(office, name, done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "no-such-workload", "a.pdf"),
        ("run", "annual-reports"),
        ("run", "annual-reports", "a.pdf", "--resume", "yesterday"),
        ("run", "annual-reports", "a.pdf", "--coach", "--max-rounds", "0"),
        ("coach", "run", "annual-reports", "--phase", "1", "--from", "51", "--to", "100"),
        ("run", "annual-reports", "a.pdf", "--limit", "0"),
        ("run", "annual-reports", "a.pdf", "--labels", "nowhere.json"),
        ("preflight", "no-such-workload"),
        ("canary", "run", "no-such-workload"),
        ("documents", "list", "--status", "odd"),
        ("receipts", "tail", "--limit", "0"),
    ],
    ids=" ".join,
)
def test_wrong_use_exits_with_2_and_says_why(office: "Installation", arguments: tuple[str, ...]) -> None:
    done = office.run(*arguments)
    assert done.returncode == 2
    assert done.stderr


def test_an_unknown_run_is_not_resumed(office: "Installation", report: Path) -> None:
    done = office.run(
        "run", "annual-reports", report, "--output", "unknown.jsonl", "--resume", "RUN_1000000000"
    )
    assert done.returncode == 1
    assert "RUN_1000000000" in done.stderr


def test_limit_and_document_numbers_choose_what_is_read(
    office: "Installation", first_run: "FinishedRun", reports: Path
) -> None:
    one = office.json("run", "annual-reports", reports, "--limit", 1, "--output", "limited.jsonl")
    assert one["documents"] == 1
    listed = office.json("documents", "list", "--limit", 500)["documents"]
    known = next(doc for doc in listed if doc["name"] == first_run.lines[0]["document"])
    done = office.json("run", "annual-reports", "--doc-id", known["number"], "--output", "numbered.jsonl")
    assert done["documents"] == 1
    assert [line["document"] for line in office.lines("numbered.jsonl")] == [known["name"]]


def test_an_added_document_is_known_by_its_bytes_whatever_it_is_called(
    office: "Installation", report: Path, tmp_path: Path
) -> None:
    office.run("documents", "add", report)
    shutil.copy(report, tmp_path / "renamed.pdf")
    again = office.json("documents", "add", tmp_path / "renamed.pdf")
    assert again["added"] == []
    assert len(again["known"]) == 1


def test_verify_finds_a_changed_line_and_a_missing_file(wk: "Installation", report: Path) -> None:
    wk.json("run", "annual-reports", report, "--output", "out.jsonl")
    wk.run("down")  # the heads are kept before the server leaves
    (file,) = (wk.data_dir / "receipts").glob("*.ndjson")
    original = file.read_bytes()
    file.write_bytes(original.replace(b'"attempt":1', b'"attempt":2', 1))
    found = wk.json("receipts", "verify", exits=1)
    assert not found["intact"]
    assert found["findings"][0]["file"] == file.name
    assert found["findings"][0]["line"] in {1, 2}
    file.unlink()
    missing = wk.json("receipts", "verify", exits=1)
    assert [finding["problem"] for finding in missing["findings"]] == ["missing_file"]
    file.write_bytes(original)
    assert wk.json("receipts", "verify")["clean"]


def test_status_answers_on_a_full_corpus(office: "Installation", first_run: "FinishedRun") -> None:
    fields = {f"field_{number}": {"value": number} for number in range(60)}
    with office.api() as api:
        owner = {"pid": 1, "start": "1"}
        run_id = api.post("/runs", {"workload": "many", "items": 200, "owner": owner})["run_id"]
        for number in range(200):
            row = {
                "workload": "many",
                "document": f"{number}.pdf",
                "document_sha256": None,
                "data": {"fields": fields},
                "success": True,
                "status": "ok",
                "error": None,
                "processing_ms": 1.0,
                "pages": 1,
            }
            api.post(
                f"/runs/{run_id}/results", [{**row, "model": m} for m in ("consensus", "flow", "layout")]
            )
    found = office.json("status", "--workload", "many")
    assert found["agreement"] == 1.0


def test_the_demo_shows_results_and_ends_when_asked_to(wk: "Installation") -> None:
    done = wk.run("demo", "--exit", "--port", "0", "--json")
    assert done.returncode == 0, done.stderr
    found = valid(wk, "demo", done.stdout)
    assert sum(found["statuses"].values()) == 12
    assert found["statuses"].get("error", 0) == 0
    assert found["status"]["canaries"]["green"]
    assert wk.server() is None, "it stops what it started"


def test_the_demo_reads_given_reports_too_and_stays_up_until_ctrl_c(
    wk: "Installation", report: Path, tmp_path: Path
) -> None:
    import os
    import signal

    folder = tmp_path / "given"
    folder.mkdir()
    shutil.copy(report, folder / "given.pdf")
    process = wk.start("demo", "--port", "0", "--reports", folder)
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "stays up until Ctrl-C" in line:
            break
    text = "".join(said)
    assert "given.pdf" in text
    assert "pages:  http://127.0.0.1:" in text
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert wk.server() is None


def test_settings_of_another_folder_are_not_mixed_in(office: "Installation", tmp_path: Path) -> None:
    other = replace(office, folder=tmp_path)
    (tmp_path / "data").symlink_to(office.data_dir)
    other.settings("workloads: {annual-reports: {third_reader: nobody}}\n")
    done = other.run("run", "annual-reports", "a.pdf")
    assert done.returncode == 2
    assert "nobody" in done.stderr
