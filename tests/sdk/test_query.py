"""A served query: six steps in one trace, and one call that accounts for it."""

from collections.abc import Callable
from typing import Any

import pytest

import watchkeeper
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.sdk import InvalidOutputError
from watchkeeper.testing.clock import MovedClock

Lines = Callable[[str], list[dict[str, Any]]]


@watchkeeper.component("retriever")
def retrieve(text: str) -> list[str]:
    return text.split()


@watchkeeper.component("ranker")
def rank(found: list[str]) -> list[str]:
    return sorted(found)


def steps(door: Any) -> list[str]:
    spans = {span.span_id: span for span in door.spans()}
    (root,) = (span for span in spans.values() if span.name == "query")
    below = [span for span in spans.values() if span.parent_span_id == root.span_id]
    numbered = {
        a.value.int_value: span.name for span in below for a in span.attributes if a.key == "watchkeeper.step"
    }
    return [numbered[number] for number in sorted(numbered)]


@pytest.mark.requirement("HE-69")
def test_the_trace_of_a_query_shows_the_six_steps_in_order(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    with watchkeeper.query("what is a bond", query_type="lookup") as query:
        query.results = rank(retrieve(query.text))
    assert handle.flush()

    assert steps(door) == [
        "validate input",
        "make query id",
        "work",
        "validate output",
        "record metrics",
        "write log",
    ]
    spans = {span.name: span for span in door.spans()}
    assert spans["retriever"].parent_span_id == spans["work"].span_id
    assert len({span.trace_id for span in spans.values()}) == 1
    ended = [span.name for span in door.spans()]
    assert (
        ended.index("validate input") < ended.index("work") < ended.index("write log") < ended.index("query")
    )


@pytest.mark.requirement("HE-13", "HE-12", "HE-70", "HE-49")
def test_a_query_leaves_one_line_one_row_and_its_metrics(
    begin: Any, door: Any, clock: MovedClock, lines: Lines
) -> None:
    handle = begin(endpoint=door.url)
    with watchkeeper.query("what is a bond", query_type="lookup") as query:
        clock.advance(0.125)
        query.results = rank(retrieve(query.text))
        query.ndcg, query.tokens_generated, query.used_tools = 0.75, 31, False
    assert handle.flush()

    (line,) = lines("queries")
    (row,) = door.records("queries")
    assert line["timestamp"] == "2026-01-05T08:00:00.125000Z"
    assert (line["level"], line["message"], line["success"]) == ("info", "query served", True)
    for told in (line, row):
        assert told["query_id"] == query.query_id
        assert (told["text"], told["results"], told["latency_ms"]) == ("what is a bond", 4, 125.0)
        assert told["components"] == ["retriever", "ranker"]
        assert told["trace_id"] == query.trace_id
    assert (row["ndcg"], row["tokens_generated"], row["used_tools"]) == (0.75, 31, False)
    assert row["ts_ns"] == 1_767_600_000_000_000_000
    assert handle.statistics("query_latency").mean == 125.0
    assert handle.statistics("query_results").max == 4
    assert handle.series("ndcg_at_10")[0].reading() == 0.75
    assert handle.series("component_queries", {"component": "ranker"})[0].reading() == 1
    assert handle.series("queries")[0].reading() == 1


def test_a_query_that_fails_is_told_as_failed_and_raises_as_it_did(
    begin: Any, door: Any, lines: Lines
) -> None:
    handle = begin(endpoint=door.url)
    with pytest.raises(LookupError), watchkeeper.query("what is a bond"):
        raise LookupError("no index")
    assert handle.flush()

    (line,) = lines("queries")
    assert (line["success"], line["error"], line["results"]) == (False, "LookupError", None)
    assert handle.series("query_errors")[0].reading() == 1
    assert steps(door) == ["validate input", "make query id", "work", "record metrics", "write log"]
    (row,) = door.records("queries")
    assert row["error"] == "LookupError"
    assert "results" not in row, "unknown is no number"


@pytest.mark.requirement("HE-08")
@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "is empty"), (" \n", "is empty"), ("x" * 1_001, "has 1001 characters"), (7, "not int")],
)
def test_what_is_no_query_is_refused_before_any_work(
    begin: Any, lines: Lines, text: Any, reason: str
) -> None:
    handle = begin()
    with pytest.raises(InvalidInputError, match=reason), watchkeeper.query(text):
        pytest.fail("the block must not run")
    (line,) = lines("queries")
    assert (line["message"], line["success"], line["error"]) == ("query refused", False, "InvalidInputError")
    assert handle.series("queries_refused")[0].reading() == 1
    assert handle.series("query_errors") == []


def test_one_and_a_thousand_characters_are_queries(begin: Any) -> None:
    handle = begin()
    for text in ("x", "x" * 1_000):
        with watchkeeper.query(text):
            pass
    assert handle.series("queries")[0].reading() == 2


@pytest.mark.requirement("HE-10")
def test_an_answer_that_is_none_is_caught_before_its_user_sees_it(begin: Any, lines: Lines) -> None:
    begin()

    def answer() -> list[float]:
        with watchkeeper.query("what is a bond", validate_output=lambda scores: max(scores) <= 1.0) as query:
            query.results = [0.5, 1.5]
        return query.results

    with pytest.raises(InvalidOutputError, match="refused by `validate_output`"):
        answer()
    (line,) = lines("queries")
    assert (line["success"], line["error"]) == (False, "InvalidOutputError")


@pytest.mark.parametrize(("results", "ndcg"), [(-1, None), (1, 1.5), (float("nan"), None)])
def test_figures_that_cannot_be_are_caught(begin: Any, results: Any, ndcg: Any) -> None:
    begin()
    with pytest.raises(InvalidOutputError), watchkeeper.query("what is a bond") as query:
        query.results, query.ndcg = results, ndcg


def test_a_failing_redaction_keeps_the_text_to_itself(begin: Any, door: Any) -> None:
    def broken(text: str) -> str:
        raise RuntimeError

    handle = begin(endpoint=door.url, redact=broken)
    with watchkeeper.query("my number is 4711"):
        pass
    handle.flush()
    (row,) = door.records("queries")
    assert "text" not in row


def test_wrong_figures_of_a_recorded_query_are_left_out_and_counted(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    handle.record_query("q-1", 5.0, -3, ndcg=7.0)
    handle.record_query("q-2", float("nan"))
    handle.record_query("q-3", 5.0, components=7)
    handle.flush()
    (row,) = door.records("queries")
    assert (row["query_id"], "results" in row, "ndcg" in row) == ("q-1", False, False)
    assert handle.problems() == {
        "ndcg_refused": 1,
        "results_refused": 1,
        "query_refused": 1,
        "record_query_failed": 1,
    }
