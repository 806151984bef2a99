"""Coaching from one label a field, on generated reports, as `wk coach run` does it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.app.settings import Settings
from watchkeeper.domain.errors import ConflictError, InvalidInputError, NotFoundError
from watchkeeper.evaluation.truth import Truth
from watchkeeper.workloads.annual_reports.bare import bare_instructions
from watchkeeper.workloads.annual_reports.coaching.demo import measured
from watchkeeper.workloads.annual_reports.coaching.evidence import places_of
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, LabelledReport
from watchkeeper.workloads.annual_reports.coaching.folder_coach import Coached, FolderCoach
from watchkeeper.workloads.annual_reports.coaching.report_folder import open_folder, report_opener
from watchkeeper.workloads.annual_reports.coaching.search import Change, Search
from watchkeeper.workloads.annual_reports.coaching.synonyms import synonyms_of
from watchkeeper.workloads.annual_reports.instruction_files import (
    instruction_set,
    require_free,
    save_instructions,
)
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.roster import load_roster
from watchkeeper.workloads.annual_reports.samples.book import write_samples
from watchkeeper.workloads.annual_reports.scoring import load_labels
from watchkeeper.workloads.annual_reports.workload import name_words, twin_readers


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Sequence[LabelledReport]:
    folder = tmp_path_factory.mktemp("labelled")
    paths = write_samples(folder, range(11, 16))
    opener = report_opener(Settings(), folder / "data")
    return open_folder(paths, load_labels(folder / "labels.json"), opener).reports


@pytest.fixture(scope="module")
def coached(reports: Sequence[LabelledReport]) -> Coached:
    return FolderCoach(reports[:3], bare_instructions()).coach()


def test_bare_instructions_hold_one_label_a_field_and_nothing_else() -> None:
    bare = bare_instructions()
    for agent in load_roster():
        for field in agent.fields:
            told = bare.agents[agent.name].fields[field.key]
            assert len(told.labels) == 1
            assert told.model_dump(exclude_defaults=True).keys() == {"kind", "labels"}


def test_coaching_raises_accuracy_on_reports_it_was_not_coached_on(
    reports: Sequence[LabelledReport], coached: Coached
) -> None:
    before = measured(reports[3:], bare_instructions())
    after = measured(reports[3:], coached.instructions)
    assert after >= before + 0.10


def test_no_report_coached_on_comes_out_worse(reports: Sequence[LabelledReport], coached: Coached) -> None:
    for report in reports[:3]:
        assert measured([report], coached.instructions) >= measured([report], bare_instructions())


def test_coaching_the_same_reports_again_learns_the_same(
    reports: Sequence[LabelledReport], coached: Coached
) -> None:
    again = FolderCoach(reports[:3], bare_instructions()).coach()
    assert again.instructions.sha256() == coached.instructions.sha256()


def test_every_change_says_what_and_by_which_strategy(coached: Coached) -> None:
    changes = [one for session in coached.sessions for one in session.rounds if one.change]
    assert changes
    assert {one.decision.strategy for one in changes} <= {"explore", "refine"}
    assert all(": " in str(one.change) for one in changes)


def test_labels_that_contradict_each_other_harm_no_other_report(reports: Sequence[LabelledReport]) -> None:
    wrong = LabelledReport(
        document=reports[0].document,
        sections=reports[0].sections,
        truths={**reports[0].truths, "assets": Truth(1)},
    )
    learned = FolderCoach([wrong, reports[1]], bare_instructions()).coach().instructions
    assert measured([reports[1]], learned) >= measured([reports[1]], bare_instructions())


@pytest.mark.parametrize("value", [10**400, float("nan"), True, []])
def test_a_value_that_no_report_can_state_stands_nowhere(
    reports: Sequence[LabelledReport], value: object
) -> None:
    assert list(places_of(value, reports[0].document)) == []


def test_saved_instructions_are_read_as_they_were_learned(coached: Coached, tmp_path: Path) -> None:
    save_instructions(coached.instructions, "first", tmp_path)
    assert instruction_set("first", tmp_path).sha256() == coached.instructions.sha256()
    with pytest.raises(ConflictError, match="already"):
        save_instructions(coached.instructions, "first", tmp_path)
    with pytest.raises(ConflictError, match="already"):
        require_free("shipped", tmp_path)
    with pytest.raises(NotFoundError, match="no instructions 'second'"):
        instruction_set("second", tmp_path)
    with pytest.raises(InvalidInputError, match="no name"):
        require_free("../up", tmp_path)


def test_a_value_is_found_in_kronor_and_in_thousands_with_the_words_beside_it(
    reports: Sequence[LabelledReport],
) -> None:
    found = [list(places_of(report.truths["assets"].value, report.document)) for report in reports]
    assert any("tillg" in place.before.casefold() for places in found for place in places)


def test_synonyms_swap_whole_words_only() -> None:
    assert "totala intäkter" in set(synonyms_of("summa intäkter"))
    assert not list(synonyms_of("summarisk"))


@pytest.mark.slow
def test_what_helps_its_own_report_alone_is_not_learned_where_enough_others_are_held_back(
    reports: Sequence[LabelledReport],
) -> None:
    """One report is labelled as if its auditor led the board: words beside the auditor help nobody else."""
    first, *others = reports
    truths = {**first.truths, "chairman": first.truths["auditor"]}
    odd = replace(first, truths=truths)
    assert change_for(odd, others) is None
    assert change_for(odd, others[:3]) is not None


def change_for(odd: LabelledReport, others: Sequence[LabelledReport]) -> Change | None:
    shipped = load_instructions()
    exam = Exam(
        reports=[odd, *others], readers=twin_readers(), ignored=name_words(shipped), instructions=shipped
    )
    sections = {agent.name: agent.sections for agent in load_roster()}
    agent = next(name for name, one in shipped.agents.items() if "chairman" in one.fields)
    return Search(exam=exam, sections=sections, words=shipped.words).best_change(agent, 0)
