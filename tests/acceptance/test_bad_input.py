"""Files that cannot be read: one clear error each, and the rest of the run goes on."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from watchkeeper.adapters.documents import ocr_available

pytestmark = pytest.mark.slow


if TYPE_CHECKING:
    from conftest import Installation

ZERO_PAGES = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
    b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n96\n%%EOF\n"
)


def encrypted(path: Path) -> None:
    page = Canvas(str(path), encrypt=StandardEncryption("secret", ownerPassword="owner"))
    page.drawString(100, 100, "Balansräkning")
    page.save()


def long(path: Path) -> None:
    book = Canvas(str(path))
    for number in range(2000):
        book.drawString(100, 100, str(number))
        book.showPage()
    book.save()


def no_permission(path: Path) -> None:
    path.write_bytes(b"%PDF-1.4\n")
    path.chmod(0)


MAKERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "encrypted.pdf": (encrypted, "document_encrypted"),
    "empty.pdf": (lambda path: path.touch(), "document_empty"),
    "zero_pages.pdf": (lambda path: path.write_bytes(ZERO_PAGES), "document_empty"),
    "long.pdf": (long, "document_too_long"),
    "words.pdf": (lambda path: path.write_text("Årsredovisning"), "document_not_pdf"),
    "folder.pdf": (lambda path: path.mkdir(), "document_unreadable"),
    "missing.pdf": (lambda _: None, "document_unreadable"),
    "secret.pdf": (no_permission, "document_unreadable"),
}


def test_each_bad_file_gets_its_own_error_and_the_good_ones_are_read(
    office: "Installation", report: Path, tmp_path: Path
) -> None:
    office.run("status")
    for name, (make, _) in MAKERS.items():
        make(tmp_path / name)
    (tmp_path / "cut.pdf").write_bytes(report.read_bytes()[:3000])
    expected = {name: code for name, (_, code) in MAKERS.items()} | {"cut.pdf": "document_truncated"}
    files = [report, *(tmp_path / name for name in expected), tmp_path / "another.pdf"]
    shutil.copy(report, tmp_path / "another.pdf")

    done = office.unprivileged().run("run", "annual-reports", *files, "--output", "bad.jsonl")

    assert done.returncode == 1
    lines = {line["document"]: line for line in office.lines("bad.jsonl")}
    assert {name for name, line in lines.items() if line["status"] == "ok"} == {report.name, "another.pdf"}
    assert {name: line["error"]["code"] for name, line in lines.items() if line["error"]} == expected
    for name in expected:
        line = lines[name]
        assert (line["status"], line["fields"], line["receipts"]) == ("error", {}, [])
        assert name in line["error"]["message"]
        assert line["error"]["action"]
        told = [row for row in done.stderr.splitlines() if line["error"]["message"] in row]
        assert len(told) == 1, "said once, to the person, too"
    assert f"{len(expected)} error, 2 ok" in done.stdout
    with office.api() as api:
        run = api.get(f"/runs/{done.stdout.splitlines()[0]}")
    assert (run["status"], run["ok"], run["failed"]) == ("finished", 2, len(expected))


@pytest.mark.slow
def test_bad_files_with_bytes_join_the_corpus_as_errors(office: "Installation", tmp_path: Path) -> None:
    (tmp_path / "unlike.pdf").write_text("not a report", encoding="utf-8")
    office.run("run", "annual-reports", tmp_path / "unlike.pdf", "--output", "corpus.jsonl")
    listed = office.json("documents", "list", "--status", "error")
    assert "unlike.pdf" in {one["name"] for one in listed["documents"]}


def test_a_file_that_cannot_be_added_is_named_and_the_others_are_added(
    office: "Installation", report: Path, tmp_path: Path
) -> None:
    office.run("status")
    secret, nowhere = tmp_path / "secret.pdf", tmp_path / "nowhere.pdf"
    no_permission(secret)
    done = office.unprivileged().json("documents", "add", report, nowhere, secret, exits=1)
    assert [one["name"] for one in done["added"] + done["known"]] == [report.name]
    assert [one["code"] for one in done["unreadable"]] == ["document_unreadable"] * 2
    assert [one["path"] for one in done["unreadable"]] == [str(nowhere), str(secret)]


def test_a_folder_that_cannot_be_looked_into_is_one_sentence(office: "Installation", tmp_path: Path) -> None:
    office.run("status")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    done = office.unprivileged().run("run", "annual-reports", locked, "--output", "locked.jsonl")
    assert done.returncode == 2
    assert f"the folder {locked} cannot be read" in done.stderr


@pytest.fixture(scope="module")
def scan(office: "Installation", tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scan")
    office.run("samples", "make", folder, "--count", 1, "--seed", 61, "--scanned", 1)
    return next(folder.glob("*.pdf"))


def test_a_scan_without_ocr_is_said_to_need_it_and_is_no_success(office: "Installation", scan: Path) -> None:
    off = ("run", "annual-reports", scan, "--output", "scan_off.jsonl")
    done = _with(office, WATCHKEEPER_WORKLOADS__ANNUAL_REPORTS__OCR="off").run(*off)
    assert done.returncode == 1
    (line,) = office.lines("scan_off.jsonl")
    assert (line["status"], line["fields"]) == ("needs_ocr", {})
    assert line["error"]["code"] == "needs_ocr"
    assert scan.name in line["error"]["message"]
    assert "ocr" in line["error"]["action"]
    assert line["error"]["message"] in done.stderr


@pytest.mark.slow
def test_a_scan_is_read_where_tesseract_is_installed(office: "Installation", scan: Path) -> None:
    if (missing := ocr_available()) is not None:
        pytest.skip(missing)
    done = office.run("run", "annual-reports", scan, "--output", "scan_on.jsonl")
    assert done.returncode == 0, done.stderr
    (line,) = office.lines("scan_on.jsonl")
    assert (line["status"], line["mode"]) == ("ok", "ocr")
    truth = json.loads((scan.parent / "labels.json").read_text(encoding="utf-8"))[scan.name]["fields"]
    assert line["fields"]["org_no"]["value"] == truth["org_no"]["value"]


def _with(installation: "Installation", **environment: str) -> "Installation":
    return replace(installation, environment={**installation.environment, **environment})


def test_two_files_of_one_name_are_refused_before_anything_is_read(
    office: "Installation", report: Path, tmp_path: Path
) -> None:
    shutil.copy(report, tmp_path / report.name)
    done = office.run("run", "annual-reports", report, tmp_path / report.name, "--output", "twice.jsonl")
    assert done.returncode == 2
    assert f"several files are named {report.name}" in done.stderr
    assert not (office.folder / "twice.jsonl").exists() or not office.lines("twice.jsonl")
