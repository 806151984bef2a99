"""One report through all readers: a receipt each step, a failing reader costs its own fields only."""

from collections.abc import Callable

import pytest

from watchkeeper.domain.call import ModelCall, Outcome, Reply
from watchkeeper.domain.errors import BaselineEngineError, StorageFullError
from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.domain.receipt import Receipt
from watchkeeper.workloads.annual_reports.extraction import Extraction, Question
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    FieldInstructions,
    InstructionSet,
)
from watchkeeper.workloads.annual_reports.reading import FieldReading

PAGE = Page(1, 595, 842, (), "text", PageSource.TEXT)
QUESTION = Question(
    document=PagedDocument("a.pdf", "0" * 64, (PAGE,)),
    sections=(),
    run_id="RUN_1767225600",
    trace_id="t" * 32,
    release=None,
    page_image=lambda _: b"",
)
INSTRUCTIONS = InstructionSet(
    {
        name: AgentInstructions(agent=name, version=1, fields={field: FieldInstructions(kind="amount")})
        for name, field in (("balance_sheet", "assets"), ("cash_flow", "cash"))
    }
)
Call = Callable[[ModelCall], Outcome]


class Named:
    """A reader of which only the name is asked."""

    version = "1"

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self, *_: object) -> object:
        raise AssertionError("opened outside its call")


def receipt(call: ModelCall) -> Receipt:
    return Receipt(
        receipt_id=f"{call.target}-{call.agent}",
        ts="2026-01-01T00:00:00.000000Z",
        trace_id=call.trace_id or "",
        span_id="s",
        workload=call.workload,
        run_id=call.run_id,
        item_id=call.item_id,
        agent=call.agent,
        target=call.target,
        provider="baseline",
        model=call.target,
        latency_ms=2.0,
    )


def answering(**values: dict[str, float]) -> Call:
    """Each target's values by field; a field belongs to one agent."""
    agent_of = {"assets": "balance_sheet", "cash": "cash_flow"}

    def call(asked: ModelCall) -> Outcome:
        found = {
            field: FieldReading(
                value=value, page=1, confidence=0.9, printed=str(value), box=None, rule="told"
            )
            for field, value in values[asked.target].items()
            if agent_of[field] == asked.agent
        }
        return Outcome(reply=Reply(model=asked.target, parsed=found), error=None, receipts=(receipt(asked),))

    return call


def extraction(call: Call) -> Extraction:
    readers = [Named("layout"), Named("flow")]
    agents = ["balance_sheet", "cash_flow", "an agent without instructions"]
    return Extraction(call, readers=readers, instructions=INSTRUCTIONS, agents=agents)


def test_every_reader_is_asked_by_every_instructed_agent_once() -> None:
    done = extraction(answering(layout={"assets": 301}, flow={"assets": 301})).extract(QUESTION)
    assert [one.receipt_id for one in done.receipts] == [
        *("layout-balance_sheet", "layout-cash_flow", "flow-balance_sheet", "flow-cash_flow")
    ]
    assert {(one.run_id, one.item_id, one.trace_id) for one in done.receipts} == {
        ("RUN_1767225600", "a.pdf", "t" * 32)
    }
    assert done.answers["layout"].milliseconds == 4.0


def test_each_field_is_decided_and_a_field_nobody_found_is_blank() -> None:
    done = extraction(answering(layout={"assets": 301}, flow={"assets": 301})).extract(QUESTION)
    assert (done.decisions["assets"].value, str(done.decisions["assets"].verdict)) == (301, "agreed")
    assert (done.decisions["cash"].value, str(done.decisions["cash"].verdict)) == (None, "not_found")


def test_a_failing_agent_costs_its_own_fields_and_is_told() -> None:
    good = answering(layout={"assets": 301, "cash": 7}, flow={"assets": 301, "cash": 7})

    def call(asked: ModelCall) -> Outcome:
        if (asked.target, asked.agent) == ("flow", "cash_flow"):
            return Outcome(reply=None, error=BaselineEngineError("a defect"), receipts=(receipt(asked),))
        return good(asked)

    done = extraction(call).extract(QUESTION)
    assert done.answers["flow"].error == "baseline_failed: a defect"
    assert done.decisions["assets"].value == 301
    assert set(done.decisions["cash"].readings) == {"layout"}
    assert len(done.receipts) == 4


def test_a_receipt_that_cannot_be_written_ends_the_document() -> None:
    def call(asked: ModelCall) -> Outcome:
        return Outcome(reply=None, error=StorageFullError("the disk is full"), receipts=())

    with pytest.raises(StorageFullError, match="the disk is full"):
        extraction(call).extract(QUESTION)
