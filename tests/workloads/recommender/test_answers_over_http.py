"""What a user of the recommender sees over HTTP, with everything well and with parts of it away."""

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.workloads.recommender.ranking.ranker import Ranking

if TYPE_CHECKING:
    from tests.workloads.recommender.conftest import Served

PARTS = ("graph", "entity", "embedding")


def scored(score: Any) -> Any:
    return lambda ranking: Ranking(dict.fromkeys(ranking.scores, score))


@pytest.mark.requirement("HE-05", "HE-06", "HE-51")
def test_the_best_strategy_answers_first_then_the_next_by_falling_number(served: "Served") -> None:
    query = "papers kept at a Manor, anvil and bellows"
    assert served.ask(query).json()["strategy"] == "graph"
    for dead, strategy in (("graph", "entity"), ("entity", "embedding")):
        served.switch.kill(dead)
        answer = served.ask(query).json()
        assert (answer["strategy"], answer["degraded"]) == (strategy, True)
        assert dead in answer["reason"]
        assert answer["recommendations"]


@pytest.mark.requirement("HE-01", "HE-06")
def test_when_every_part_is_dead_it_is_503_with_words_and_one_critical_alert(served: "Served") -> None:
    for part in PARTS:
        served.switch.kill(part)
    for _ in range(3):
        reply = served.ask()
        error = reply.json()["error"]
        assert (reply.status_code, error["tier"], error["code"]) == (503, 4, "nothing_served")
        assert all(part in error["message"] for part in PARTS)
        assert error["action"]
    assert served.client.get("/health").status_code == 503
    alerts = served.log_lines("alerts.jsonl", lambda lines: bool(lines))
    assert [one["level"] for one in alerts] == ["critical"], "three unanswered queries are one alert"
    served.switch.heal()
    assert served.ask().status_code == 200


@pytest.mark.requirement("HE-02")
def test_a_served_fallback_is_200_and_marked_with_tier_3(served: "Served") -> None:
    served.switch.kill("graph")
    reply = served.ask()
    answer = reply.json()
    assert (reply.status_code, answer["degraded"], answer["tier"]) == (200, True, 3)
    assert "FaultedError" in answer["reason"]
    assert answer["components"]["graph"]["state"] == "failed"


@pytest.mark.requirement("HE-03")
def test_a_reduced_answer_is_200_and_marked_with_tier_2(served: "Served") -> None:
    served.switch.kill("embedding")
    reply = served.ask()
    answer = reply.json()
    assert (reply.status_code, answer["degraded"], answer["tier"]) == (200, True, 2)
    assert answer["strategy"] == "graph"
    assert "less good" in answer["message"]


@pytest.mark.requirement("HE-04")
def test_words_nobody_wrote_are_answered_200_with_a_friendly_message(served: "Served") -> None:
    reply = served.ask("zzzz qqqq")
    answer = reply.json()
    assert (reply.status_code, answer["tier"], answer["degraded"]) == (200, 1, False)
    assert answer["recommendations"] == []
    assert "try other" in answer["message"]


@pytest.mark.requirement("HE-04", "HE-08")
@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "empty"),
        (" \t", "blank"),
        ("x" * 1001, "1,001 characters"),
        (None, "not a text"),
        (5, "not a text"),
    ],
)
def test_a_query_that_is_none_is_refused_with_its_reason(served: "Served", query: object, why: str) -> None:
    reply = served.ask(query)
    error = reply.json()["error"]
    assert (reply.status_code, error["tier"]) == (400, 1)
    assert why in error["message"]


@pytest.mark.requirement("HE-08")
@pytest.mark.parametrize("query", ["x", "?", "loom " * 200])
def test_a_query_of_1_or_1000_characters_is_taken(served: "Served", query: str) -> None:
    assert served.ask(query).status_code == 200


@pytest.mark.requirement("HE-09")
def test_top_k_is_from_1_to_100(served: "Served") -> None:
    assert [served.ask(top_k=k).status_code for k in (0, 101, "many", None, 1.5)] == [400] * 5
    assert [len(served.ask(top_k=k).json()["recommendations"]) for k in (1, 100)] == [1, 100]
    assert served.client.get("/recommend", params={"query": "loom", "top_k": 0}).status_code == 400


@pytest.mark.requirement("HE-10", "HE-11")
@pytest.mark.parametrize(
    "nonsense",
    [
        scored(float("nan")),
        scored("best"),
        scored(None),
        lambda ranking: Ranking({"no-such-document": 1.0}),
        lambda ranking: None,
        lambda ranking: {"doc-001": 1.0},
        lambda ranking: replace(ranking, scores=[("doc-001", 1.0)]),
    ],
)
def test_a_broken_answer_of_a_component_is_caught_before_anybody_sees_it(
    served: "Served", nonsense: Any
) -> None:
    served.switch.corrupt("graph", nonsense)
    answer = served.ask().json()
    assert (answer["strategy"], answer["tier"]) == ("entity", 3)
    assert answer["components"]["graph"]["error"]["code"] == "component_output"
    assert all(0 < one["score"] <= 1 and one["why"] for one in answer["recommendations"])


@pytest.mark.requirement("HE-11")
def test_a_score_out_of_range_is_clamped_with_a_warning(served: "Served") -> None:
    served.switch.corrupt("embedding", scored(7.0))
    answer = served.ask().json()
    assert answer["strategy"] == "graph"
    assert max(one["components"]["embedding"] for one in answer["recommendations"]) == 1.0


@pytest.mark.requirement("HE-06", "HE-51")
def test_a_component_that_hangs_is_left_behind_within_its_limit(served: "Served") -> None:
    served.switch.slow("graph", 60.0)
    answer = served.ask().json()
    assert answer["strategy"] == "entity"
    assert answer["components"]["graph"]["error"]["code"] == "component_too_slow"
    served.switch.heal()
    assert served.ask().json()["strategy"] == "graph"


@pytest.mark.requirement("HE-02", "HE-03", "HE-51")
@pytest.mark.parametrize("fault", ["dead", "corrupt"])
@pytest.mark.parametrize("dead", [pair for n in (1, 2) for pair in combinations(PARTS, n)])
def test_with_any_one_or_two_parts_away_everything_is_answered_and_explained(
    served: "Served", dead: tuple[str, ...], fault: str
) -> None:
    for part in dead:
        if fault == "dead":
            served.switch.kill(part)
        else:
            served.switch.corrupt(part, lambda ranking: Ranking({"no-such-document": 1.0}))
    for query in ("anvil and bellows", "old loom", "the lantern room at sea", "unheard of"):
        reply = served.ask(query)
        answer = reply.json()
        assert (reply.status_code, answer["degraded"]) == (200, True)
        assert all(
            part in answer["reason"] for part in dead if answer["components"][part]["state"] == "failed"
        )
    states = served.client.get("/health").json()
    assert states["state"] == "degraded"
    assert all(states["components"][part]["state"] == "failing" for part in dead)


def test_each_recommendation_says_why_and_each_answer_what_its_embedding_is(served: "Served") -> None:
    answer = served.ask("anvil and bellows", top_k=3).json()
    assert "no embedding model is configured" in answer["embedding"]
    first = answer["recommendations"][0]
    assert any("anvil" in why for why in first["why"])
    assert set(first["components"]) <= set(PARTS)
    assert len(answer["receipts"]) == 3


@pytest.mark.requirement("HE-12", "HE-13", "HE-14")
def test_each_query_has_its_line_and_failures_and_warnings_have_theirs(serving: "Served") -> None:
    serving.switch.heal()
    asked = serving.ask("a line in the log").json()
    serving.switch.corrupt("embedding", scored(3.0))
    serving.ask("anvil")
    found = serving.log_lines("queries.jsonl", lambda lines: lines[-1]["text"] == "anvil")
    [line] = [one for one in found if one.get("query_id") == asked["query_id"]]
    assert line["timestamp"].endswith(("Z", "+00:00"))
    assert (line["text"], line["results"], line["success"]) == (
        "a line in the log",
        len(asked["recommendations"]),
        True,
    )
    assert line["components"] == list(PARTS)
    assert line["latency_ms"] > 0
    said = [one["message"] for one in serving.log_lines("system.jsonl", bool)]
    assert any("were outside 0 to 1: clamped" in one for one in said)
