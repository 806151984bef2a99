"""The barest instructions: one obvious label a field, from which coaching has everything to learn."""

from importlib.resources import files

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.instructions import (
    BARE,
    AgentInstructions,
    FieldInstructions,
    InstructionSet,
    load_instructions,
)
from watchkeeper.workloads.annual_reports.roster import load_roster
from watchkeeper.workloads.annual_reports.yaml_text import parsed


def bare_instructions() -> InstructionSet:
    """Every field of the roster with its one label; the shared words are those of every set.

    Raises:
        InvalidInputError: A field of the roster has no label in `bare.yaml`.
    """
    path = files(__package__).joinpath("instructions").joinpath(BARE)
    labels: dict[str, dict[str, str]] = parsed(path.read_text(encoding="utf-8"))
    missing = [
        field.key for agent in load_roster() for field in agent.fields if field.key not in labels[agent.name]
    ]
    if missing:
        raise InvalidInputError(
            f"{BARE} has no label for {', '.join(missing)}", action=f"give each a line in {BARE}"
        )
    agents = {
        agent.name: AgentInstructions(
            agent=agent.name,
            version=1,
            fields={
                field.key: FieldInstructions(kind=field.kind, labels=(labels[agent.name][field.key],))
                for field in agent.fields
            },
        )
        for agent in load_roster()
    }
    return InstructionSet(agents=agents, vocabulary=load_instructions().vocabulary)
