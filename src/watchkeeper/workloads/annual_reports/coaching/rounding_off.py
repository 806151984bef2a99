"""When the errors are used up: rules and words tried without one, for reports not met yet."""

from dataclasses import replace

from watchkeeper.evaluation.truth import Truth
from watchkeeper.workloads.annual_reports.coaching.exam import told_otherwise
from watchkeeper.workloads.annual_reports.coaching.search import Search
from watchkeeper.workloads.annual_reports.coaching.synonyms import synonyms_of, told_apart_from
from watchkeeper.workloads.annual_reports.coaching.widening import precautions, with_word, words_told
from watchkeeper.workloads.annual_reports.instructions import FieldInstructions


def round_off(search: Search) -> int:
    """Widen every labelled field's instructions as far as no report at hand comes out worse.

    Returns:
        How many things were added.
    """
    return sum(_rounded_off(search, name) for name in search.exam.instructions.agents)


def _rounded_off(search: Search, name: str) -> int:
    exam, before = search.exam, search.exam.instructions
    old = [one.mark.right for one in exam.sittings]
    added = 0
    for field in before.agents[name].fields:
        truths = [report.truths[field] for report in exam.reports if field in report.truths]
        if truths:
            added += _widened(search, name, field, truths)
    if added:
        exam.adopt(exam.instructions)
        if any(one.mark.right < was for one, was in zip(exam.sittings, old, strict=True)):
            exam.adopt(before)
            return 0
    return added


def _widened(search: Search, name: str, field: str, truths: list[Truth]) -> int:
    exam, added = search.exam, 0

    def attempt(told: FieldInstructions) -> int:
        agent = told_otherwise(exam.instructions.agents[name], field, told)
        if told == exam.instructions.agents[name].fields[field] or not search.harmless(agent, field):
            return 0
        # Marks stand until the agent is done: what is harmless alone is checked together then.
        exam.instructions = replace(exam.instructions, agents={**exam.instructions.agents, name: agent})
        return 1

    def now() -> FieldInstructions:
        return exam.instructions.agents[name].fields[field]

    turns = precautions(
        truths,
        sections=search.sections[name],
        sum_words=search.words("sum_words"),
        apart=tuple(told_apart_from(now().labels)),
        ends=tuple(
            label
            for other, told in exam.instructions.agents[name].fields.items()
            if other != field and told.kind == "amount"
            for label in told.labels
        ),
    )
    for turn in turns:
        added += attempt(turn(now()))
    for place, words in words_told(now()):
        for word in words:
            for other in synonyms_of(word):
                added += attempt(with_word(now(), place, other, beside=word))
    return added
