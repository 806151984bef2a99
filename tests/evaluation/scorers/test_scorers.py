"""Every scorer of the registry keeps the family's rules, and each scores what it is for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.judge import AskJudge, JudgeAnswered
from watchkeeper.evaluation.scorers.registry import JUDGE, PLAIN, make_scorer
from watchkeeper.evaluation.scorers.scorer import Scorer

GIVEN: dict[str, dict[str, Any]] = {
    "pattern": {"pattern": "yes"},
    "schema": {"schema": {"type": "object", "required": ["total"]}},
    "words": {"least": 2, "most": 4},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def nobody(target: str) -> AskJudge:
    raise AssertionError(f"{target} was asked")


def scorer(kind: str, **given: Any) -> Scorer:
    return make_scorer(kind, {**GIVEN.get(kind, {}), **given}, ask=nobody)


def item(expected: object = None, **fields: Any) -> DatasetItem:
    return DatasetItem(item_id="1", input="?", expected=expected, **fields)


def value(kind: str, expected: object, output: object, **given: Any) -> float | None:
    return scorer(kind, **given).score(item(expected), output).value


@pytest.mark.parametrize("kind", PLAIN)
@given(expected=ANYTHING, output=ANYTHING)
def test_whatever_is_answered_the_score_is_a_share_or_not_checked(
    kind: str, expected: object, output: object
) -> None:
    one = scorer(kind)
    given = one.score(item(expected), output)
    assert given.value is None or 0 <= given.value <= 1
    assert one.score(item(expected), output) == given


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_answer_never_passes(kind: str, empty: object) -> None:
    for expected in ("Ada", ["a"], {"a": 1}, 7):
        assert value(kind, expected, empty) in {0.0, None}


@pytest.mark.parametrize("kind", ["exact", "fields", "found-set", "ranking"])
def test_an_unknown_truth_is_not_checked_and_no_zero(kind: str) -> None:
    assert value(kind, None, "Ada") is None


def test_a_relevance_that_is_no_grade_is_not_checked_and_the_smallest_counts() -> None:
    assert value("ranking", {"a": 10**400, "b": 1}, ["a"]) is None
    assert value("ranking", {"a": 1e-300}, ["a"]) == 1.0


def test_names_and_numbers_are_compared_as_people_compare_them() -> None:
    assert value("exact", 301339818, "301 339 818") == 1.0
    assert value("exact", "Brf Solbacken", "SOLBACKEN", ignored=["brf"]) == 1.0
    assert value("exact", ["yes", "ja"], "Ja", one_of=True) == 1.0
    assert value("exact", 100, 102) == 0.0


def test_fields_that_should_be_empty_and_are_filled_count_as_wrong() -> None:
    assert value(
        "fields", {"a": 1, "b": None, "c": "x"}, {"a": {"value": 1, "page": 3}, "b": 2, "c": "X"}
    ) == (pytest.approx(2 / 3))


def test_found_members_are_counted_once_each() -> None:
    assert value("found-set", ["a", "b"], ["a", "a"], measure="precision") == 0.5
    assert value("found-set", ["a", "b"], ["a", "a"], measure="recall") == 0.5
    assert value("found-set", ["a", "b"], ["b", "a"]) == 1.0
    assert value("found-set", [], []) == 1.0


def test_a_ranking_is_best_with_the_most_relevant_first() -> None:
    truth = {"a": 3, "b": 1, "c": 0}
    assert value("ranking", truth, ["a", "b", "c"]) == 1.0
    worse = value("ranking", truth, ["c", "b", "a"])
    assert worse is not None and 0 < worse < 1
    assert value("ranking", truth, ["c", "b"], measure="reciprocal-rank") == 0.5
    assert value("ranking", truth, ["a", "b"], measure="precision", k=4) == 0.5
    assert value("ranking", {"c": 0}, ["c"]) is None


def test_a_text_of_the_wrong_length_loses_by_how_far_it_is_off() -> None:
    assert value("words", None, "one two three") == 1.0
    assert value("words", None, "one") == 0.5
    assert value("words", None, " ".join("abcdefgh")) == 0.0


def test_answers_are_held_to_their_schema_unmended() -> None:
    assert value("schema", None, '{"total": 3}') == 1.0
    assert value("schema", None, 'Sure: {"total": 3}') == 0.0


def test_a_pattern_is_there_or_must_not_be() -> None:
    assert value("pattern", None, "Yes, of course") == 1.0
    assert value("pattern", None, "as an AI model", pattern="as an ai", absent=True) == 0.0


def test_twins_that_agree_stand_for_the_truth_and_one_reader_for_nothing() -> None:
    assert value("twins", None, {"layout": {"a": 1, "b": "x"}, "flow": {"a": 1, "b": "y"}}) == 0.5
    assert value("twins", None, {"layout": {"a": 1}}) is None


class Told:
    """A judge that says what it is told to, and remembers what it was asked."""

    def __init__(self, answered: JudgeAnswered) -> None:
        self.answered = answered
        self.asked: list[str] = []

    def __call__(self, target: str) -> AskJudge:
        def ask(prompt: str, *, schema: object) -> JudgeAnswered:
            self.asked.append(prompt)
            return self.answered

        return ask


@pytest.mark.parametrize(
    ("said", "score"),
    [
        (JudgeAnswered({"reason": "fits", "verdict": "pass"}), 1.0),
        (JudgeAnswered({"reason": "invents", "verdict": "fail"}), 0.0),
        (JudgeAnswered({"reason": "no rule", "verdict": "cannot tell"}), None),
        (JudgeAnswered({"verdict": "maybe"}), None),
        (JudgeAnswered(None, error="target_timeout: 60 s"), None),
    ],
)
def test_a_judge_passes_fails_or_could_not_judge(said: JudgeAnswered, score: float | None) -> None:
    told = Told(said)
    judge = make_scorer(JUDGE, {"target": "large", "rubric": "be true"}, ask=told)
    assert judge.score(item("the truth"), "the answer").value == score
    [prompt] = told.asked
    assert "be true" in prompt and "<<<answer\nthe answer\nanswer>>>" in prompt and "the truth" in prompt
    assert judge.score(item(), "").value == 0.0
    assert len(told.asked) == 1


def test_another_rubric_is_another_version() -> None:
    told = Told(JudgeAnswered(None))
    versions = {
        make_scorer(JUDGE, {"target": target, "rubric": rubric}, ask=told).version
        for target, rubric in (("large", "a"), ("large", "b"), ("small", "a"), ("large", "a"))
    }
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("colour", {}, "there is no scorer 'colour'"),
        ("words", {"least": 5, "most": 2}, "least 5 is more than most 2"),
        ("words", {"lest": 5, "most": 9}, "least: Field required"),
        ("pattern", {"pattern": "("}, "no regular expression"),
        ("schema", {"schema": {"type": "colour"}}, "no JSON Schema"),
        ("judge", {"target": "large"}, "names no `rubric`"),
    ],
)
def test_a_scorer_that_cannot_be_made_says_why(kind: str, given: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInputError, match=told.replace("(", r"\(")):
        make_scorer(kind, given, ask=nobody)


def test_fields_are_measured_five_ways() -> None:
    truth = {"a": 1, "b": 2, "c": 3, "d": 4, "empty": None, "left": None}
    read = {"a": 1, "b": {"value": 9}, "c": 3, "d": "", "empty": None, "left": 7}
    measured = {
        name: value("fields", truth, read, measure=name)
        for name in ("accuracy", "coverage", "precision", "recall", "f1")
    }
    assert measured == {
        "accuracy": 3 / 6,  # a, c, and what is rightly empty
        "coverage": 3 / 4,  # a, b and c of the four that are stated
        "precision": 2 / 4,  # of a, b, c and left
        "recall": 2 / 4,
        "f1": 4 / 8,
    }
    assert value("fields", {"a": None}, {"a": None}, measure="precision") is None, "a share of none"
    assert value("fields", {"a": 1}, {"a": None}, measure="precision") == 0.0, "an empty answer never passes"


def test_a_scorer_that_takes_something_else_has_another_version() -> None:
    versions = [scorer("words", least=1, most=most).version for most in (3, 3, 10)]
    assert versions[0] == versions[1] != versions[2]
    assert scorer("exact").version == "1", "what takes nothing is known by its own"
    assert scorer("words", least=1, most=3, name="short").version == versions[0], "a name decides no score"
