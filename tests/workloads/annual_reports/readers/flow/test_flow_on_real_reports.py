"""Floors of accuracy on the labelled reports, where they are at hand."""

import json
from pathlib import Path

import pytest

from watchkeeper.adapters.documents import read_pdf
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.readers.flow import FlowReader
from watchkeeper.workloads.annual_reports.repair import repair
from watchkeeper.workloads.annual_reports.sections import sectionize

DATA = Path(__file__).parents[6] / "shared" / "data" / "annual_reports"


def fits(value: object, wanted: list[object]) -> bool:
    for want in wanted:
        if isinstance(want, (int, float)) and isinstance(value, (int, float)):
            if abs(value - want) <= 0.01 * abs(want):
                return True
        elif want is not None and str(value).casefold() == str(want).casefold():
            return True
    return False


@pytest.mark.slow
def test_text_reports_are_read_with_few_errors_and_honest_confidence() -> None:
    if not (DATA / "labels.json").exists():
        pytest.skip("the labelled reports are not at hand (../shared/data/annual_reports)")
    instructions = load_instructions()
    right = total = sure = sure_and_right = 0
    for name, label in json.loads((DATA / "labels.json").read_text(encoding="utf-8")).items():
        if label["scanned"]:
            continue
        document = repair(read_pdf(DATA / "pdfs" / name), instructions.vocabulary)
        opened = FlowReader().open(document, sectionize(document), instructions)
        found = {
            key: reading
            for agent in instructions.agents.values()
            for key, reading in opened.read(agent).items()
        }
        for field, truth in label["fields"].items():
            wanted = [truth["value"], *truth.get("accept", [])]
            reading = found.get(field)
            good = truth["value"] is None if reading is None else fits(reading.value, wanted)
            total += 1
            right += good
            if reading is not None and reading.confidence >= 0.9:
                sure += 1
                sure_and_right += good
    # Names are compared as printed here, legal form and all, so this is stricter than the scoring script.
    assert right / total >= 0.92, f"{right} of {total}"
    assert sure / total >= 0.6, f"{sure} of {total}"
    assert sure_and_right / sure >= 0.96, f"{sure_and_right} of {sure}"
