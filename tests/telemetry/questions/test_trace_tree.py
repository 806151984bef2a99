"""A trace as a tree: every span once, whatever its parents are."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.span import Span
from watchkeeper.telemetry.questions.trace_tree import trace_tree

MS = 1_000_000


def span(span_id: str, parent: str | None = None, at_ms: int = 0, ms: int = 10, **more: object) -> Span:
    return Span(
        trace_id="t",
        span_id=span_id,
        parent_span_id=parent,
        name=span_id,
        operation=str(more.pop("operation", "chat")),
        workload="w",
        start_ns=at_ms * MS,
        duration_ns=ms * MS,
        ok=bool(more.pop("ok", True)),
        **more,  # type: ignore[arg-type]  # a test names columns of a span
    )


def drawn(*spans: Span) -> list[str]:
    """The tree as indented names; a parent that is missing with a question mark."""
    return [
        "  " * node.depth + node.span_id + ("?" if node.missing else "") for node in trace_tree(spans).nodes
    ]


def test_children_stand_under_their_parent_in_order_of_start() -> None:
    assert drawn(
        span("late", "root", at_ms=5),
        span("root"),
        span("early", "root", at_ms=1),
        span("leaf", "early", at_ms=2),
    ) == ["root", "  early", "    leaf", "  late"]


def test_orphans_stand_under_the_parent_that_is_missing() -> None:
    assert drawn(span("root"), span("a", "gone", at_ms=3), span("b", "gone", at_ms=4)) == [
        "root",
        "gone?",
        "  a",
        "  b",
    ]
    tree = trace_tree([span("a", "gone", at_ms=3)])
    assert (tree.missing_parents, tree.spans, tree.nodes[0].call, tree.nodes[0].offset_ms) == (
        1,
        1,
        None,
        0.0,
    )


def test_a_circle_of_parents_is_shown_and_ends() -> None:
    assert drawn(span("a", "b"), span("b", "a", at_ms=1), span("me", "me", at_ms=2)) == ["a", "  b", "me"]
    assert [node.in_circle for node in trace_tree([span("a", "b"), span("b", "a")]).nodes] == [True, False]


def test_a_child_that_goes_on_or_begins_early_is_marked() -> None:
    tree = trace_tree(
        [span("root", at_ms=5, ms=10), span("a", "root", at_ms=4, ms=2), span("b", "root", at_ms=9)]
    )
    assert [(node.begins_before_parent, node.ends_after_parent) for node in tree.nodes] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert tree.duration_ms == 15.0


def test_only_model_operations_are_added_up_and_unknown_is_counted() -> None:
    tree = trace_tree(
        [
            span("agent", operation="invoke_agent", input_tokens=500, cost_usd=Decimal(9)),
            span("a", "agent", input_tokens=5, cost_usd=Decimal("0.1")),
            span("b", "agent", input_tokens=7, ok=False),
        ]
    )
    assert (tree.input_tokens.known, tree.cost_usd.known, tree.cost_usd.unknown) == (12, Decimal("0.1"), 1)
    assert (tree.model_calls, tree.failed) == (2, 1)


def test_a_very_long_chain_is_no_trouble() -> None:
    chain = [span(str(at), str(at - 1) if at else None, at_ms=at) for at in range(20_000)]
    assert trace_tree(chain).nodes[-1].depth == 19_999


names = st.sampled_from("abcdefgh")


@given(parents=st.dictionaries(names, st.none() | names | st.sampled_from("xyz"), min_size=1))
def test_whatever_the_parents_every_span_stands_once_and_below_its_parent(
    parents: dict[str, str | None],
) -> None:
    tree = trace_tree([span(key, parent, at_ms=ord(key)) for key, parent in parents.items()])
    assert sorted(node.span_id for node in tree.nodes if not node.missing) == sorted(parents)
    for place, node in enumerate(tree.nodes):
        if node.parent is None:
            assert node.depth == 0
            assert node.missing or node.in_circle or not parents[node.span_id]
        else:
            above = tree.nodes[node.parent]
            assert node.parent < place
            assert node.depth == above.depth + 1
            assert parents[node.span_id] == above.span_id
    assert sum(node.children for node in tree.nodes) == sum(node.parent is not None for node in tree.nodes)
