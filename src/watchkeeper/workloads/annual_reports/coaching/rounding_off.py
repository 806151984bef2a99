"""Before the errors and when they are used up: rules and words tried without one, for reports not met yet."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from watchkeeper.evaluation.truth import Truth
from watchkeeper.workloads.annual_reports.coaching.block_ends import ends_of
from watchkeeper.workloads.annual_reports.coaching.exam import told_otherwise
from watchkeeper.workloads.annual_reports.coaching.search import Search
from watchkeeper.workloads.annual_reports.coaching.synonyms import synonyms_of, told_apart_from
from watchkeeper.workloads.annual_reports.coaching.trust import record_of_label, worth_of_new
from watchkeeper.workloads.annual_reports.coaching.widening import (
    first_rules,
    last_rules,
    with_word,
    words_told,
)
from watchkeeper.workloads.annual_reports.instructions import FieldInstructions


def warm_up(search: Search) -> int:
    """Give every labelled field the rules that harm no report, so that words are tried among them.

    Returns:
        How many things were added.
    """
    return _widened_all(search, _with_first_rules)


def round_off(search: Search) -> int:
    """Widen every labelled field's instructions as far as no report at hand comes out worse.

    Returns:
        How many things were added.
    """
    return _widened_all(search, _with_all)


@dataclass(slots=True)
class _Field:
    """One field of an agent, told more and more."""

    search: Search
    agent: str
    name: str
    added: int = 0

    @property
    def told(self) -> FieldInstructions:
        return self.search.exam.instructions.agents[self.agent].fields[self.name]

    @property
    def truths(self) -> list[Truth]:
        reports = self.search.exam.reports
        return [report.truths[self.name] for report in reports if self.name in report.truths]

    def attempt(self, told: FieldInstructions) -> None:
        """Take instructions up that harm no report, with words that mislead less often than they help."""
        exam = self.search.exam
        agent = told_otherwise(exam.instructions.agents[self.agent], self.name, told)
        if told == self.told or not self.search.harmless(agent, self.name):
            return
        alone = worth_of_new(exam, agent, self.name)
        if alone is None or alone < 0:
            return
        # Marks stand until the agent is done: what is harmless alone is checked together then.
        exam.instructions = replace(exam.instructions, agents={**exam.instructions.agents, self.agent: agent})
        self.added += 1


def _widened_all(search: Search, widen: Callable[[_Field], None]) -> int:
    return sum(_widened(search, name, widen) for name in search.exam.instructions.agents)


def _widened(search: Search, name: str, widen: Callable[[_Field], None]) -> int:
    exam, before = search.exam, search.exam.instructions
    old = [one.mark.right for one in exam.sittings]
    fields = [_Field(search, name, field) for field in before.agents[name].fields]
    for field in fields:
        if field.truths:
            widen(field)
    added = sum(field.added for field in fields)
    if added:
        exam.adopt(exam.instructions)
        if any(one.mark.right < was for one, was in zip(exam.sittings, old, strict=True)):
            exam.adopt(before)
            return 0
    return added


def _with_first_rules(field: _Field) -> None:
    apart = told_apart_from(field.told.labels)
    for turn in first_rules(sections=field.search.sections[field.agent], apart=apart):
        field.attempt(turn(field.told))


def _with_all(field: _Field) -> None:
    field.attempt(_surest_first(field))
    _with_first_rules(field)
    headings = field.told.labels
    others = [
        label
        for other, told in field.search.exam.instructions.agents[field.agent].fields.items()
        if other != field.name and told.kind == "amount"
        for label in told.labels
    ]
    ends = ends_of(field.search.exam.reports, field.name, headings=headings, others=others)
    sum_words = field.search.words("sum_words")
    for turn in last_rules(field.truths, sum_words=sum_words, headings=headings, ends=ends):
        field.attempt(turn(field.told))
    for place, words in words_told(field.told):
        for word in words:
            for other in synonyms_of(word):
                field.attempt(with_word(field.told, place, other, beside=word))


def _surest_first(field: _Field) -> FieldInstructions:
    """The field with its labels in the order of how often each leads to the right value by itself."""
    exam, told = field.search.exam, field.told
    if len(told.labels) < 2:
        return told
    agent = exam.instructions.agents[field.agent]
    sure = {label: record_of_label(exam, agent, field.name, label).reliability for label in told.labels}
    return told.model_copy(update={"labels": tuple(sorted(told.labels, key=lambda one: -sure[one]))})
