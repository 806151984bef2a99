"""A golden answer becomes examples: a model is shown them, the readers that ship read as before."""

import pytest

from watchkeeper.app.settings import Settings
from watchkeeper.coaching.session import Basis
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, LabelledReport
from watchkeeper.workloads.annual_reports.coaching.pupil import ReportPupil
from watchkeeper.workloads.annual_reports.coaching.report_folder import open_folder, report_opener
from watchkeeper.workloads.annual_reports.coaching.search import Search
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.prompt import render_instructions
from watchkeeper.workloads.annual_reports.samples.book import write_samples
from watchkeeper.workloads.annual_reports.scoring import load_labels
from watchkeeper.workloads.annual_reports.workload import name_words, twin_readers


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> LabelledReport:
    folder = tmp_path_factory.mktemp("golden")
    paths = write_samples(folder, [21])
    opener = report_opener(Settings(), folder / "data")
    return open_folder(paths, load_labels(folder / "labels.json"), opener).reports[0]


def pupil(report: LabelledReport, *, basis: Basis = Basis.TRUTH) -> ReportPupil:
    shipped = load_instructions()
    exam = Exam(reports=[report], readers=twin_readers(), ignored=name_words(shipped), instructions=shipped)
    search = Search(exam=exam, sections={}, words=shipped.words)
    return ReportPupil(search, "balance_sheet", 0, basis=basis)


def test_a_golden_answer_is_shown_to_a_model_and_leaves_the_readers_as_they_are(
    report: LabelledReport,
) -> None:
    one = pupil(report)
    exam = one.search.exam
    before = exam.sittings[0].mark
    assert one.exemplify() == f"balance_sheet: examples from {report.document.name}"
    taught = exam.instructions.agents["balance_sheet"]
    (example,) = taught.fields["assets"].examples
    assert example.value == report.truths["assets"].value
    assert f"example: {example.text!r} -> {example.value!r}" in render_instructions(taught)
    assert exam.sittings[0].mark == before
    assert one.made[0].accuracy == 1.0
    assert one.exemplify() is None, "nothing is new"


def test_what_readers_merely_agree_on_becomes_no_example(report: LabelledReport) -> None:
    assert pupil(report, basis=Basis.CONSENSUS).exemplify() is None
