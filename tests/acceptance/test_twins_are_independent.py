"""Two readers that share nothing: what harms one leaves the other's answer as it was, to the byte."""

import json
import random
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from watchkeeper.domain.page import Word
from watchkeeper.workloads.annual_reports.report_encoding import decode, encode

pytestmark = pytest.mark.slow


if TYPE_CHECKING:
    from conftest import Installation

WORDS = ("labels", "headings", "avoid", "until", "cues", "hints", "examples", "pitfalls", "sum_of")


def answers(installation: "Installation", run_id: str, reader: str) -> dict[str, bytes]:
    """A reader's whole answers by document, places and reasons included."""
    with installation.api() as api:
        found = api.get(f"/runs/{run_id}/results", {"model": reader})
    return {one["document"]: json.dumps(one["data"], sort_keys=True).encode() for one in found}


def damage_word_positions(data_dir: Path) -> int:
    """Throw the places of all words of all cached reports about; returns how many reports."""
    chance = random.Random(5)
    entries = list((data_dir / "cache" / "sections").glob("*.report"))
    for path in entries:
        report, made_at_s = decode(path.read_bytes())
        pages = tuple(
            replace(
                page,
                words=tuple(
                    Word(word.text, x := chance.uniform(0, 500), y := chance.uniform(0, 800), x + 9, y + 9)
                    for word in page.words
                ),
            )
            for page in report.document.pages
        )
        damaged = replace(report, document=replace(report.document, pages=pages))
        path.write_bytes(encode(damaged, made_at_s=made_at_s))
    return len(entries)


def test_damaging_all_word_positions_leaves_flow_byte_equal(wk: "Installation", reports: Path) -> None:
    before = wk.json("run", "annual-reports", reports, "--output", "before.jsonl")["run_id"]
    assert damage_word_positions(wk.data_dir) == 3
    after = wk.run("run", "annual-reports", reports, "--output", "after.jsonl", "--json")
    found = json.loads(after.stdout)
    assert found["cache_hits"] == 3, "the damaged reports were what was read"
    assert answers(wk, before, "flow") == answers(wk, found["run_id"], "flow")
    undamaged = answers(wk, before, "layout")
    damaged = answers(wk, found["run_id"], "layout")
    assert all(damaged[document] != undamaged[document] for document in undamaged)


@pytest.mark.slow
def test_without_instructed_words_no_reader_finds_anything_but_a_number_known_by_its_form(
    office: "Installation", reports: Path, tmp_path: Path
) -> None:
    package = tmp_path / "source" / "watchkeeper"
    shutil.copytree(str(files("watchkeeper")), package, ignore=shutil.ignore_patterns("__pycache__"))
    folder = package / "workloads" / "annual_reports" / "instructions"
    for path in folder.glob("*.yaml"):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump(emptied(told), allow_unicode=True), encoding="utf-8")
    office.run("status")
    emptied_office = replace(office, environment={"PYTHONPATH": str(package.parent)})
    done = emptied_office.run("run", "annual-reports", reports, "--output", "emptied.jsonl")
    assert done.stdout.startswith("RUN_")
    for line in office.lines("emptied.jsonl"):
        assert line["receipts"], "the readers were asked"
        found = {name for name, one in line["fields"].items() if one["readers"] or one["value"] is not None}
        assert found == set()


def emptied(told: dict[str, Any]) -> dict[str, Any]:
    """Instructions that name the fields and say nothing about them; a vocabulary without words."""
    if "fields" not in told:
        return {}
    fields = {
        name: {key: value for key, value in one.items() if key not in WORDS}
        for name, one in told["fields"].items()
    }
    return {**told, "fields": fields}
