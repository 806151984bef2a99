"""Sixteen agents, the fields they read and the order they work in."""

from collections import Counter
from pathlib import Path

import pytest

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.roster import agents_by_priority, load_roster
from watchkeeper.workloads.annual_reports.sections import load_patterns

SCORED = {
    *("org_no", "name", "fiscal_year_end", "chairman", "auditor", "audit_firm"),
    *("revenue", "operating_expenses", "net_result"),
    *(
        "assets",
        "equity",
        "long_term_debt",
        "short_term_debt",
        "total_debt",
        "interest_bearing_loans",
        "cash",
    ),
    *("apartments", "municipality", "property_designation", "build_year", "total_area_sqm"),
}


def test_there_are_sixteen_agents_in_three_priorities() -> None:
    assert Counter(agent.priority for agent in load_roster()) == {1: 4, 2: 8, 3: 4}


def test_the_scored_fields_are_the_labelled_twenty_one() -> None:
    keys = [field.key for agent in load_roster() for field in agent.fields if field.scored]

    assert sorted(keys) == sorted(SCORED)


def test_every_key_is_given_once() -> None:
    keys = Counter(field.key for agent in load_roster() for field in agent.fields)

    assert set(keys.values()) == {1}


def test_a_name_that_is_taken_carries_its_agent() -> None:
    keys = {(agent.name, field.name): field.key for agent in load_roster() for field in agent.fields}

    assert keys["cash_flow", "closing_cash"] == "closing_cash"
    assert keys["note_costs", "other"] == "note_costs.other"
    assert keys["multi_year_overview", "net_result"] == "multi_year_overview.net_result"
    assert keys["audit_report", "audit_firm"] == "audit_report.audit_firm"
    assert keys["governance", "audit_firm"] == "audit_firm"


def test_agents_read_parts_the_sectionizer_knows() -> None:
    kinds = set(load_patterns().families)

    assert {kind for agent in load_roster() for kind in agent.sections} <= kinds


def test_a_part_meant_for_an_agent_is_among_those_it_reads() -> None:
    sections = {agent.name: agent.sections for agent in load_roster()}

    for kind, family in load_patterns().families.items():
        for agent in family.agents:
            assert kind in sections[agent], (kind, agent)


def test_agents_are_sixteen_and_come_by_priority() -> None:
    priorities = [agent.priority for agent in agents_by_priority(load_roster())]

    assert len(priorities) == 16
    assert priorities == sorted(priorities)


def test_a_roster_that_is_not_valid_is_refused_with_every_problem(tmp_path: Path) -> None:
    roster = tmp_path / "roster.yaml"
    roster.write_text(
        "agents: [{name: a, priority: 0, headings: [], sections: [], fields: [{name: f, kind: colour}]}]"
    )

    with pytest.raises(InvalidInputError, match=r"(?s)priority.*kind"):
        load_roster(roster)


def test_two_fields_with_one_key_are_refused(tmp_path: Path) -> None:
    roster = tmp_path / "roster.yaml"
    roster.write_text(
        "agents: [{name: a, priority: 1, headings: [], sections: [],"
        " fields: [{name: f, kind: count, key: k}, {name: g, kind: count, key: k}]}]"
    )

    with pytest.raises(InvalidInputError, match="one key: k"):
        load_roster(roster)
