"""Both readers read every manner of sample report, on seeds no reader was shown while it was written."""

from pathlib import Path

import pytest

from watchkeeper.adapters.documents import read_pdf
from watchkeeper.evaluation.comparison import same_value
from watchkeeper.workloads.annual_reports.arithmetic import check_sums
from watchkeeper.workloads.annual_reports.consensus import decide
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.repair import repair
from watchkeeper.workloads.annual_reports.samples.book import make_sample
from watchkeeper.workloads.annual_reports.samples.template import template_names
from watchkeeper.workloads.annual_reports.sections import sectionize
from watchkeeper.workloads.annual_reports.workload import name_words, twin_readers

SEED = 7001
CANARIES = ("org_no", "assets", "total_debt", "cash", "chairman", "auditor")
SURE = 0.9
INSTRUCTIONS = load_instructions()


Read = tuple[dict[str, list[object]], dict[str, tuple[object, float]]]


def read(seed: int, style: str, folder: Path) -> Read:
    """What the report states or may be read as, and what was decided: value and confidence, by field."""
    instructions = INSTRUCTIONS
    sample = make_sample(seed, style=style)
    path = folder / sample.name
    path.write_bytes(sample.pdf)
    document = repair(read_pdf(path), instructions.vocabulary)
    sections = sectionize(document)
    opened = {reader.name: reader.open(document, sections, instructions) for reader in twin_readers()}
    decided = {}
    for agent in instructions.agents.values():
        answers = {name: report.read(agent) for name, report in opened.items()}
        for field in agent.fields:
            given = {name: answer[field] for name, answer in answers.items() if field in answer}
            decided[field] = decide(field, given, readers=2, ignored=name_words(instructions))
    decided, _ = check_sums(decided)
    labels = sample.labels["fields"]
    assert isinstance(labels, dict)
    return (
        {name: [label["value"], *label.get("accept", [])] for name, label in labels.items()},
        {name: (one.value, one.confidence or 0.0) for name, one in decided.items()},
    )


def is_right(accepted: list[object], value: object) -> bool:
    if value is None:
        return None in accepted
    ignored = name_words(INSTRUCTIONS)
    return any(one is not None and same_value(value, one, ignored=ignored) for one in accepted)


@pytest.fixture(scope="module", params=template_names())
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """One report of each style, read once for all tests."""
    return read(SEED, request.param, tmp_path_factory.mktemp(request.param))


def test_the_canary_fields_are_right_in_every_style(report: Read) -> None:
    truth, found = report
    wrong = {name: found[name] for name in CANARIES if not is_right(truth[name], found[name][0])}
    assert wrong == {}


def test_what_is_read_with_confidence_is_right(report: Read) -> None:
    truth, found = report
    sure = {name for name in truth if found[name][1] >= SURE}
    assert len(sure) >= 10
    assert {name: found[name] for name in sure if not is_right(truth[name], found[name][0])} == {}
