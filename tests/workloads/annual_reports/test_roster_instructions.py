"""The roster and the instructions speak of the same fields."""

from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.roster import load_roster
from watchkeeper.workloads.annual_reports.sections import load_patterns


def test_every_field_of_the_roster_is_instructed_and_nothing_else() -> None:
    instructed = {name: set(agent.fields) for name, agent in load_instructions().agents.items()}

    assert instructed == {agent.name: {field.key for field in agent.fields} for agent in load_roster()}


def test_a_field_is_of_one_kind_in_both() -> None:
    agents = load_instructions().agents

    for agent in load_roster():
        for field in agent.fields:
            assert agents[agent.name].fields[field.key].kind == field.kind, field.key


def test_instructions_name_parts_the_sectionizer_knows() -> None:
    kinds = set(load_patterns().families)

    for agent in load_instructions().agents.values():
        for key, field in agent.fields.items():
            assert set(field.sections) <= kinds, key


def test_every_field_can_be_found_by_some_words() -> None:
    for agent in load_instructions().agents.values():
        for key, field in agent.fields.items():
            assert field.labels or field.headings, key
