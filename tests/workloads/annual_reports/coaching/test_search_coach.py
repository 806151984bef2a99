"""A search coaches the readers: it sees some reports, and only what the others bear out is kept."""

from collections.abc import Sequence

import pytest

from watchkeeper.app.instruction_searches import instruction_search
from watchkeeper.app.settings import Settings
from watchkeeper.coaching.instruction_search import Candidate, Handed, SearchTask, Seen
from watchkeeper.workloads.annual_reports.bare import bare_instructions
from watchkeeper.workloads.annual_reports.coaching.agent_task import AgentTask, agent_of, candidate_of
from watchkeeper.workloads.annual_reports.coaching.demo import measured
from watchkeeper.workloads.annual_reports.coaching.exam import LabelledReport
from watchkeeper.workloads.annual_reports.coaching.exam_search import search_over
from watchkeeper.workloads.annual_reports.coaching.report_folder import open_folder, report_opener
from watchkeeper.workloads.annual_reports.coaching.search_coach import SearchCoach
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.samples.book import write_samples
from watchkeeper.workloads.annual_reports.scoring import load_labels


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Sequence[LabelledReport]:
    folder = tmp_path_factory.mktemp("labelled")
    paths = write_samples(folder, range(31, 34))
    return open_folder(
        paths, load_labels(folder / "labels.json"), report_opener(Settings(), folder / "d")
    ).reports


@pytest.fixture(scope="module")
def task(reports: Sequence[LabelledReport]) -> AgentTask:
    bare = bare_instructions()
    search = search_over(reports, bare)
    return AgentTask(search, bare.agents["property"], (0, 1), seed=1)


def test_every_agent_is_the_same_after_it_was_a_candidate() -> None:
    for agent in load_instructions().agents.values():
        assert agent_of(agent, candidate_of(agent)) == agent


def test_the_same_instructions_on_the_same_report_are_read_once(task: AgentTask) -> None:
    first = task.score(task.start, 0)
    before = task.evaluations
    assert task.score(dict(task.start), 0) == first
    assert task.evaluations == before


def test_errors_point_at_fields_and_a_proposal_mends_one_of_them(task: AgentTask) -> None:
    outcome = task.score(task.start, 0)
    assert 0 <= outcome.score < 1
    assert set(outcome.blamed) <= set(task.start)
    proposed = task.propose(task.start, [Seen(0, outcome)])
    assert proposed is not None
    (changed,) = [name for name in task.start if proposed[name] != task.start[name]]
    assert changed in outcome.blamed
    assert task.score(proposed, 0).score > outcome.score


class Overfitted:
    """A search that finds what makes every report worse."""

    name = "overfitted"

    def search(self, task: SearchTask, *, evaluations: int, seed: int, handed: Handed) -> Candidate:
        return dict.fromkeys(task.start, '{"kind": "text", "labels": ["nowhere to be found"]}')


def coach(reports: Sequence[LabelledReport], *, by: object = None) -> SearchCoach:
    search = by or instruction_search("race")
    return SearchCoach(reports=reports, start=bare_instructions(), by=search, evaluations=60, seed=1)  # type: ignore[arg-type] # a test's own search


@pytest.mark.slow
def test_what_a_search_finds_reads_better_and_the_same_seed_finds_the_same(
    reports: Sequence[LabelledReport],
) -> None:
    told: list[str] = []
    made = coach(reports)
    made.told = lambda one: told.append(one.agent)
    done = made.coach()
    assert told == [one.agent for one in done.agents]
    assert done.accuracy_before == pytest.approx(measured(reports, bare_instructions()))
    assert (done.accuracy_after or 0) > (done.accuracy_before or 0)
    assert any(one.kept for one in done.agents)
    assert coach(reports).coach().instructions.sha256() == done.instructions.sha256()


@pytest.mark.slow
def test_what_reports_held_back_do_not_bear_out_is_not_kept(reports: Sequence[LabelledReport]) -> None:
    done = coach(reports, by=Overfitted()).coach()
    assert not any(one.kept for one in done.agents)
    assert sum(one.found for one in done.agents) > 0
