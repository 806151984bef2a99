"""What stands in for truth in a report nobody labelled."""

from dataclasses import replace

from watchkeeper.evaluation.truth import Truth
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, LabelledReport
from watchkeeper.workloads.annual_reports.consensus import Verdict
from watchkeeper.workloads.annual_reports.instructions import InstructionSet
from watchkeeper.workloads.annual_reports.workload import name_words, twin_readers

SURE = 0.9
"""A value the readers agree on with this confidence stands in for a truth that nobody wrote down."""


def agreed_truths(report: LabelledReport, instructions: InstructionSet) -> dict[str, Truth]:
    """What the readers agree on, surely: it stands in for truth, and keeps coaching from losing it."""
    keys = [name for agent in instructions.agents.values() for name in agent.fields]
    unlabelled = replace(report, truths=dict.fromkeys(keys, Truth(None)))
    exam = Exam(
        reports=[unlabelled],
        readers=twin_readers(),
        ignored=name_words(instructions),
        instructions=instructions,
    )
    return {
        name: Truth(decision.value)
        for name, decision in exam.sittings[0].decisions.items()
        if decision.verdict is Verdict.AGREED and (decision.confidence or 0.0) >= SURE
    }
