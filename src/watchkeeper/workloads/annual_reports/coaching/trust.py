"""How words do alone: in a report not met yet they may be all that is found."""

from dataclasses import dataclass

from watchkeeper.evaluation.truth import Score
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, told_otherwise
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, FieldInstructions

WORTH_ALONE = 0.5
"""What a report counts that new words get right by themselves: half of one that they put right now."""

LABEL_MAY_MISLEAD = 2
"""Times a new label may be wrong for each time it is right, as long as better ones go before it."""


@dataclass(frozen=True, slots=True)
class Record:
    """On how many reports some words alone lead to the right value, and to a wrong one."""

    right: int
    wrong: int

    @property
    def surplus(self) -> int:
        """How many more are right."""
        return self.right - self.wrong

    @property
    def reliability(self) -> float:
        """The share that is right, 0 to 1, drawn towards a half where little was seen."""
        return (self.right + 1) / (self.right + self.wrong + 2)


def worth_of_new(exam: Exam, agent: AgentInstructions, name: str) -> float | None:
    """What the labels, headings and rows that are new in a field are worth by themselves.

    Words such as "to" or "in all" help where nothing else is left to find, and mislead in other reports.

    Args:
        exam: The reports, and the instructions the field has now.
        agent: The agent with the field told otherwise.
        name: The field.

    Returns:
        0 where none is new or the new ones are found nowhere; None where they mislead too often to be kept.
    """
    before, after = exam.instructions.agents[agent.agent].fields[name], agent.fields[name]
    labels = tuple(label for label in after.labels if label not in before.labels)
    headings = tuple(heading for heading in after.headings if heading not in before.headings)
    hints = after.hints if after.hints != before.hints else {}
    if not labels and not headings and not hints:
        return 0.0
    only = {"labels": labels, "headings": headings, "hints": hints, "sum_of": ()}
    record = _record(exam, agent, name, after.model_copy(update=only))
    # A label that leads nowhere falls behind better ones; a block and rows added up always find an amount.
    most_wrong = LABEL_MAY_MISLEAD * record.right if labels else record.right
    return None if record.wrong > most_wrong else WORTH_ALONE * record.surplus


def record_of_label(exam: Exam, agent: AgentInstructions, name: str, label: str) -> Record:
    """How one label of a field does alone."""
    only = {"labels": (label,), "headings": (), "hints": {}, "sum_of": ()}
    return _record(exam, agent, name, agent.fields[name].model_copy(update=only))


def _record(exam: Exam, agent: AgentInstructions, name: str, told: FieldInstructions) -> Record:
    alone = told_otherwise(agent, name, told)
    scores = [exam.try_field(alone, name, index).scores.get(name) for index in range(len(exam.reports))]
    return Record(scores.count(Score.RIGHT), scores.count(Score.WRONG) + scores.count(Score.INVENTED))
