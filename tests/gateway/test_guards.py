"""Every kind of guard keeps the family's promises; a new one is tested by being registered."""

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import GuardRefusedError, InvalidInputError, OutputRejectedError
from watchkeeper.gateway.bounded_pattern import BoundedPattern
from watchkeeper.gateway.guards import (
    KINDS,
    Guard,
    GuardExample,
    GuardKind,
    NamedGuard,
    Side,
    refuse_input,
    reject_output,
)

CASES = [
    pytest.param(kind, example, id=f"{name}-{number}")
    for name, kind in KINDS.items()
    for number, example in enumerate(kind.examples)
]
every_case = pytest.mark.parametrize(("kind", "example"), CASES)
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def built(kind: GuardKind, example: GuardExample) -> Guard:
    return kind.guard(**example.options)


@every_kind
def test_a_kind_stands_under_its_name_and_brings_examples(kind: GuardKind) -> None:
    assert KINDS[kind.name] is kind
    assert kind.sides
    assert kind.examples


@every_kind
def test_a_guards_options_are_the_fields_of_its_class_and_never_change(kind: GuardKind) -> None:
    assert is_dataclass(kind.guard)
    for example in kind.examples:
        guard = built(kind, example)
        assert set(example.options) <= {each.name for each in fields(kind.guard) if each.init}
        with pytest.raises(FrozenInstanceError):
            setattr(guard, next(iter(example.options)), None)


@every_case
def test_what_keeps_the_rule_passes_and_what_breaks_it_does_not(
    kind: GuardKind, example: GuardExample
) -> None:
    guard = built(kind, example)
    assert guard.finding(example.kept) is None
    assert guard.finding(example.broken)


@every_case
def test_a_finding_repeats_nothing_of_the_text(kind: GuardKind, example: GuardExample) -> None:
    finding = built(kind, example).finding(example.broken)
    assert finding is not None
    assert not [text for text in example.broken if len(text) > 3 and text in finding]


@every_case
@given(texts=st.lists(st.text(alphabet=st.characters(exclude_categories=[]), max_size=30), max_size=3))
def test_any_texts_are_kept_or_broken_twice_alike(
    kind: GuardKind, example: GuardExample, texts: list[str]
) -> None:
    first, second = (built(kind, example).finding(texts) for _ in range(2))
    assert first == second
    assert first is None or isinstance(first, str)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("length", {}),
        ("length", {"most_chars": 1, "least_chars": 2}),
        ("length", {"least_chars": -1}),
        ("forbidden_patterns", {"patterns": ()}),
        ("forbidden_patterns", {"patterns": ("(",)}),
        ("forbidden_patterns", {"patterns": ("(?=a)b",)}),
        ("forbidden_patterns", {"patterns": (r"(a)\1",)}),
        ("json_schema", {"schema": {"type": "no-such-type"}}),
        ("json_schema", {"schema": {"properties": {"a": {"pattern": "(a+)+$"}}}}),
        ("json_schema", {"schema": {"anyOf": [{"patternProperties": {"a": {}}}]}}),
    ],
)
def test_options_that_make_no_rule_are_refused_with_a_sentence(kind: str, options: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        KINDS[kind].guard(**options)
    assert refused.value.message
    assert refused.value.action


def named(name: str, kind: str, **options: object) -> NamedGuard:
    return NamedGuard(name, KINDS[kind].guard(**options))


def test_a_request_is_refused_by_the_first_guard_that_finds_something() -> None:
    guards = [
        named("polite", "forbidden_patterns", patterns=("drat",)),
        named("short", "length", most_chars=5),
    ]
    refuse_input(guards, ["hello"])
    with pytest.raises(GuardRefusedError, match="guard 'polite' refused the request") as refused:
        refuse_input(guards, ["hello", "drat!"])
    assert (refused.value.status, refused.value.retryable) == (400, False)
    assert "guards.polite" in refused.value.action
    assert "drat" not in refused.value.message
    with pytest.raises(GuardRefusedError, match="it has 6 characters, and 5 are allowed"):
        refuse_input(guards, ["hello!"])


def test_an_answer_that_breaks_a_rule_is_rejected() -> None:
    rule = [named("figures", "json_schema", schema={"required": ["assets"]})]
    reject_output(rule, '{"assets": 1}')
    with pytest.raises(OutputRejectedError, match="rule 'figures' rejected the answer") as rejected:
        reject_output(rule, "{}")
    assert rejected.value.status == 502
    with pytest.raises(OutputRejectedError, match="is not JSON"):
        reject_output(rule, "here you are: {}")


def test_only_what_is_whole_can_be_held_to_a_schema() -> None:
    assert KINDS["json_schema"].sides == {Side.OUTPUT}


@given(words=st.lists(st.sampled_from(["ab", "c", " ", "é"]), max_size=8), ignore_case=st.booleans())
def test_a_pattern_is_found_exactly_where_the_word_is(words: list[str], ignore_case: bool) -> None:
    text = "".join(words)
    assert BoundedPattern("b *c", ignore_case=ignore_case).is_in(text) is ("bc" in text.replace(" ", ""))
