"""A search over labelled reports, read by the twins."""

from collections.abc import Sequence

from watchkeeper.workloads.annual_reports.coaching.exam import Exam, LabelledReport
from watchkeeper.workloads.annual_reports.coaching.search import Search
from watchkeeper.workloads.annual_reports.instructions import InstructionSet
from watchkeeper.workloads.annual_reports.roster import load_roster
from watchkeeper.workloads.annual_reports.workload import name_words, twin_readers


def search_over(reports: Sequence[LabelledReport], start: InstructionSet) -> Search:
    """The reports as an exam under some instructions, and the search for changes on it."""
    exam = Exam(reports=reports, readers=twin_readers(), ignored=name_words(start), instructions=start)
    sections = {agent.name: agent.sections for agent in load_roster()}
    return Search(exam=exam, sections=sections, words=start.words)
