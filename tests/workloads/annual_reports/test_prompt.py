"""Instructions as a model gets them: everything the readers are told, and a strict schema for the answer."""

import jsonschema
import pytest

from watchkeeper.domain.call import ImagePart, TextPart
from watchkeeper.domain.page import Page, PageSource
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.prompt import agent_messages, answer_schema, render_instructions

AGENTS = load_instructions().agents
PAGE = Page(number=3, width=595, height=842, words=(), text="Summa tillgångar 301", source=PageSource.TEXT)


@pytest.mark.parametrize("agent", AGENTS.values(), ids=list(AGENTS))
def test_every_label_pitfall_and_example_is_told(agent: object) -> None:
    text = render_instructions(agent)  # type: ignore[arg-type]
    for name, field in agent.fields.items():  # type: ignore[attr-defined]
        assert f"- {name} ({field.kind})" in text
        for word in (*field.labels, *field.headings, *field.avoid, *field.pitfalls):
            assert word in text


@pytest.mark.parametrize("agent", AGENTS.values(), ids=list(AGENTS))
def test_the_schema_takes_nulls_for_all_fields_and_nothing_that_was_not_asked_for(agent: object) -> None:
    schema = answer_schema(agent)  # type: ignore[arg-type]
    jsonschema.Draft202012Validator.check_schema(schema)
    nothing = dict.fromkeys(agent.fields)  # type: ignore[attr-defined]
    jsonschema.validate(nothing, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**nothing, "made_up": None}, schema)
    name = next(iter(nothing))
    without = {key: value for key, value in nothing.items() if key != name}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(without, schema)


def test_amounts_are_numbers_in_the_answer() -> None:
    agent = AGENTS["balance_sheet"]
    schema, nothing = answer_schema(agent), dict.fromkeys(agent.fields)
    jsonschema.validate({**nothing, "assets": {"value": 301, "page": 3, "printed": "301"}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**nothing, "assets": {"value": "301", "page": 3, "printed": "301"}}, schema)


def test_pages_come_as_text_with_their_numbers_and_as_pictures_when_given() -> None:
    system, user = agent_messages(AGENTS["balance_sheet"], [PAGE], [(3, b"png")])
    assert (system.role, user.role) == ("system", "user")
    assert user.parts[0] == TextPart("Page 3:\nSumma tillgångar 301")
    assert user.parts[-1] == ImagePart("image/png", b"png")
