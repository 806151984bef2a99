"""Real reports with labels, where they are at hand: floors for accuracy, certainty and speed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.adapters.documents import read_pdf
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.readers.layout import LayoutReader
from watchkeeper.workloads.annual_reports.reading import FieldReading
from watchkeeper.workloads.annual_reports.repair import repair
from watchkeeper.workloads.annual_reports.sections import sectionize

DATA = Path(__file__).parents[6] / "shared" / "data" / "annual_reports"
FORMS = re.compile(
    r"\b(bostadsrättsföreningen|bostadsrättsförening|brf|hsb|riksbyggen|aktiebolag|ab|i sverige|kommun)\b"
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.exists(), reason="the labelled reports of ../shared/data are not here"),
]


def _plain(text: object) -> str:
    return re.sub(r"[^0-9a-zåäöéü]+", " ", FORMS.sub(" ", str(text).casefold())).strip()


def _same(got: object, want: object) -> bool:
    if isinstance(want, (int, float)) and isinstance(got, (int, float)):
        return abs(got - want) < 0.01 * abs(want) if want else got == 0
    return _plain(got) == _plain(want)


def _right(reading: FieldReading | None, truth: dict[str, Any]) -> bool:
    wanted = [w for w in (truth["value"], *truth.get("accept", [])) if w is not None]
    if reading is None:
        return truth["value"] is None
    return any(_same(reading.value, w) for w in wanted)


@pytest.fixture(scope="module")
def judged() -> Iterator[dict[str, Any]]:
    """Every labelled field of the text reports: whether it is right, how sure, and the seconds a page."""
    told = load_instructions()
    verdicts: list[tuple[str, bool, float | None, bool]] = []
    for name, label in json.loads((DATA / "labels.json").read_text()).items():
        if label["scanned"]:
            continue
        document = repair(read_pdf(DATA / "pdfs" / name), told.vocabulary)
        sections = sectionize(document)
        report = LayoutReader().open(document, sections, told)
        found: dict[str, FieldReading] = {}
        for agent in told.agents.values():
            found.update(report.read(agent))
        for key, truth in label["fields"].items():
            reading = found.get(key)
            sure = reading.confidence if reading else None
            verdicts.append((key, _right(reading, truth), sure, truth["value"] is None))
    yield {"verdicts": verdicts}


CANARY = {"org_no", "assets", "total_debt", "cash", "chairman", "auditor"}


def test_most_fields_of_real_reports_are_right(judged: dict[str, Any]) -> None:
    rights = [right for _, right, _, _ in judged["verdicts"]]
    canaries = [right for key, right, _, _ in judged["verdicts"] if key in CANARY]

    assert sum(rights) / len(rights) >= 0.96
    assert sum(canaries) / len(canaries) >= 0.97


def test_little_is_invented_where_a_report_says_nothing(judged: dict[str, Any]) -> None:
    silent = [right for _, right, _, null in judged["verdicts"] if null]

    assert silent.count(False) / len(silent) < 0.1


def test_what_the_reader_is_sure_of_is_right_and_it_is_sure_of_most(judged: dict[str, Any]) -> None:
    found = [(right, sure) for _, right, sure, _ in judged["verdicts"] if sure is not None]
    certain = [right for right, sure in found if sure >= 0.9]

    assert sum(certain) / len(certain) >= 0.98
    assert len(certain) / len(found) >= 0.7
