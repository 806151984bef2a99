"""Stored calls are judged and made into datasets; people's feedback adds up."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from watchkeeper.cli.main import app
from watchkeeper.domain.feedback import Feedback, Rating
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.minutes import ns_of

if TYPE_CHECKING:
    from conftest import Office

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR_NS = 3_600 * 10**9


def asked(office: "Office", number: int, question: str, answer: str | None, **fields: Any) -> Span:
    content = office.services.content
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": question}]}).encode()
    reply = json.dumps({"choices": [{"message": {"role": "assistant", "content": answer}}]}).encode()
    return Span(
        trace_id=f"{number:032x}",
        span_id=f"{number:016x}",
        name="chat m",
        operation="chat",
        workload="stock-research",
        start_ns=ns_of(NOON) - HOUR_NS + number,
        duration_ns=10**9,
        ok=True,
        prompt_sha256=content.put("stock-research", body, "application/json"),
        response_sha256=None if answer is None else content.put("stock-research", reply, "application/json"),
        **fields,
    )


def wk(office: "Office", *arguments: str) -> Any:
    done = CliRunner().invoke(
        app, ["--server", office.client.url, "--data-dir", str(office.data_dir / "own"), *arguments]
    )
    assert done.exit_code == 0, (done.output, done.exception)
    return done


def thumb(number: int, rating: Rating | None, *, hours_ago: float = 1, **fields: Any) -> Feedback:
    at = ns_of(NOON) - int(hours_ago * HOUR_NS)
    return Feedback(feedback_id=f"f{number}", workload="stock-research", ts_ns=at, rating=rating, **fields)


def test_stored_calls_become_a_dataset_of_their_own_words(office: "Office", tmp_path: Path) -> None:
    office.hears(
        asked(office, 1, "What is a share?", "A part of a company."),
        asked(office, 2, "What is a bond?", "A loan."),
        asked(office, 3, "And silence?", None),
    )
    file = tmp_path / "calls.jsonl"
    made = json.loads(wk(office, "eval", "dataset", "--output", str(file), "--json").stdout)
    assert (made["items"], made["skipped"]) == (2, 1)
    items = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert {one["input"]: one["output"] for one in items} == {
        "What is a share?": "A part of a company.",
        "What is a bond?": "A loan.",
    }


def test_a_correction_becomes_an_item_that_knows_what_is_right(office: "Office", tmp_path: Path) -> None:
    call = asked(office, 1, "Who chairs Ekan?", "Bo")
    office.hears(
        call,
        feedback=[thumb(1, "thumbs_down", correction="Ada", trace_id=call.trace_id, span_id=call.span_id)],
    )
    file = tmp_path / "corrected.jsonl"
    wk(office, "eval", "dataset", "--corrections", "--output", str(file))
    [item] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert (item["input"], item["output"], item["expected"]) == ("Who chairs Ekan?", "Bo", "Ada")


def test_a_correction_of_a_trace_is_of_its_only_call_and_of_none_where_there_are_two(
    office: "Office", tmp_path: Path
) -> None:
    one, first, second = (asked(office, number, f"Question {number}?", "Bo") for number in (1, 2, 3))
    second = replace(second, trace_id=first.trace_id)
    office.hears(
        one,
        first,
        second,
        feedback=[
            thumb(1, None, correction="Ada", trace_id=one.trace_id),
            thumb(2, None, correction="Kim", trace_id=first.trace_id),
        ],
    )
    file = tmp_path / "corrected.jsonl"
    made = json.loads(wk(office, "eval", "dataset", "--corrections", "--output", str(file), "--json").stdout)
    [item] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert (made["skipped"], item["input"], item["expected"]) == (1, "Question 1?", "Ada")


def test_judging_stored_calls_tells_means_and_what_could_not_be_judged(
    office: "Office", tmp_path: Path
) -> None:
    office.hears(
        asked(office, 1, "short?", "one two"),
        asked(office, 2, "long?", "one two three four five six"),
        asked(office, 3, "lost?", None),
    )
    suite = tmp_path / "suite.yaml"
    suite.write_text("name: words\nscorers:\n- words: {least: 1, most: 3}\n", encoding="utf-8")
    told = json.loads(wk(office, "eval", "calls", str(suite), "--dry-run", "--json").stdout)
    assert (told["calls"], told["skipped"]) == (2, 1)
    assert told["scores"] == {"words": {"mean": 0.5, "judged": 2, "not_checked": 0}}


@pytest.mark.requirement("W4-15")
def test_satisfaction_is_the_share_of_positive_ratings_of_seven_days_with_both_counts(
    office: "Office",
) -> None:
    assert wk(office, "feedback", "satisfaction").stdout == (
        "satisfaction: no data, nobody has rated an answer\n"
    )
    rows = [thumb(number, "thumbs_up" if number < 124 else "thumbs_down") for number in range(142)]
    old = thumb(500, "thumbs_down", hours_ago=24 * 8)
    worded = thumb(501, None, comment="well")
    office.hears(feedback=[*rows, old, worded])
    assert wk(office, "feedback", "satisfaction").stdout == "satisfaction: 87.3 % (124 of 142)\n"
    wider = json.loads(wk(office, "feedback", "satisfaction", "--since", "-30d", "--json").stdout)
    assert (wider["positive"], wider["total"]) == (124, 143)


@pytest.mark.requirement("W4-14")
def test_feedback_is_listed_and_free_text_is_no_rating(office: "Office") -> None:
    office.hears(feedback=[thumb(1, "thumbs_down", comment="wrong year", query_id="q-7", author="Ida")])
    listed = wk(office, "feedback", "list", "--rating", "thumbs_down").stdout
    assert "wrong year" in listed and "q-7" in listed and "Ida" in listed
    refused = CliRunner().invoke(
        app,
        [
            "--server",
            office.client.url,
            "feedback",
            "give",
            "--workload",
            "stock-research",
            "--rating",
            "fine",
        ],
    )
    assert "'fine' is no rating" in str(refused.exception)
