"""The text reader as the last tier over HTTP: a model's call, answered from the text that came."""

from pathlib import Path

import orjson
import pytest

from watchkeeper.adapters.documents import read_pdf
from watchkeeper.app.chat_engines import engines_of
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.page import PagedDocument
from watchkeeper.gateway.chat_task import ChatTask, Said
from watchkeeper.gateway.ports import ChatEngine
from watchkeeper.gateway.relay.last_resort import engine_for
from watchkeeper.gateway.strict_json import JsonSchema
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.prompt import agent_messages, answer_schema
from watchkeeper.workloads.annual_reports.samples.book import make_sample
from watchkeeper.workloads.annual_reports.workload import AnnualReports

Sample = tuple[PagedDocument, dict[str, tuple[object, object]]]
AGENTS = load_instructions().agents


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A report, and what it states where, by field."""
    made = make_sample(7)
    path: Path = tmp_path_factory.mktemp("report") / made.name
    path.write_bytes(made.pdf)
    fields = made.labels["fields"]
    assert isinstance(fields, dict)
    return read_pdf(path, max_pages=50), {
        name: (told["value"], told["page"]) for name, told in fields.items()
    }


@pytest.fixture(scope="module")
def engine() -> ChatEngine:
    found = engine_for(engines_of({"annual-reports": AnnualReports()}), "annual-reports", "balance_sheet")
    assert found is not None
    return found


def chat(agent: str, *texts: str, schema: bool = True) -> ChatTask:
    said = (Said(role="system", text="Answer with JSON."), *(Said(role="user", text=one) for one in texts))
    return ChatTask(
        workload="annual-reports",
        agent=agent,
        messages=said,
        json_schema=answer_schema(AGENTS[agent]) if schema else None,
    )


def prompt(agent: str, document: PagedDocument, *pages: int) -> ChatTask:
    """The call a model gets, of these pages or of all."""
    shown = [page for page in document.pages if not pages or page.number in pages]
    _, asked = agent_messages(AGENTS[agent], shown)
    return chat(agent, "\n".join(part.text for part in asked.parts if hasattr(part, "text")))


def test_a_call_made_for_a_model_gets_the_figures_that_are_printed(
    engine: ChatEngine, sample: Sample
) -> None:
    document, stated = sample
    answer = engine.run(prompt("balance_sheet", document))
    assert isinstance(answer, dict)
    for field in ("assets", "equity", "cash"):
        assert (answer[field]["value"], answer[field]["page"]) == stated[field]


@pytest.mark.parametrize("agent", sorted(AGENTS))
def test_what_any_agent_answers_fits_the_schema_a_model_is_held_to(
    agent: str, engine: ChatEngine, sample: Sample
) -> None:
    assert engine.takes(agent)
    try:
        answer = engine.run(prompt(agent, sample[0]))
    except InvalidInputError as nothing:
        assert "no field" in str(nothing)
        return
    JsonSchema(answer_schema(AGENTS[agent])).check(answer)


def test_pages_keep_their_numbers_where_others_were_left_out(engine: ChatEngine, sample: Sample) -> None:
    document, stated = sample
    whole = engine.run(prompt("balance_sheet", document))
    assert isinstance(whole, dict)
    page = whole["assets"]["page"]
    assert page > 1
    alone = engine.run(prompt("balance_sheet", document, page))
    assert isinstance(alone, dict)
    assert (alone["assets"]["value"], alone["assets"]["page"]) == stated["assets"]


def test_without_a_schema_the_answer_is_its_text(engine: ChatEngine, sample: Sample) -> None:
    document, stated = sample
    told = engine.run(chat("balance_sheet", "\f".join(page.text for page in document.pages), schema=False))
    assert isinstance(told, str)
    assert orjson.loads(told)["assets"]["value"] == stated["assets"][0]


@pytest.mark.parametrize("text", ["", "  \n", "How are you today?", "Page 1:\n", "x" * 1_000_001])
def test_where_nothing_can_be_read_it_does_not_answer(engine: ChatEngine, text: str) -> None:
    with pytest.raises(InvalidInputError):
        engine.run(chat("balance_sheet", text))


@pytest.mark.parametrize("agent", [None, "", "chat"])
def test_it_answers_for_no_other_agent(engine: ChatEngine, agent: str | None) -> None:
    assert not engine.takes(agent)
