"""What several readers said becomes one value, with a reason."""

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.workloads.annual_reports.consensus import Decision, Verdict, decide
from watchkeeper.workloads.annual_reports.reading import FieldReading, FieldValue


def reading(value: FieldValue, confidence: float = 0.8, page: int = 9) -> FieldReading:
    return FieldReading(
        value=value, page=page, confidence=confidence, printed=str(value), box=None, rule="a label"
    )


def agreed(**said: FieldReading) -> Decision:
    return decide("cash", said, readers=2, ignored={"ab", "brf"})


def test_readers_that_agree_are_surer_together_than_alone() -> None:
    both = agreed(layout=reading(100_000, 0.8), flow=reading(100_000, 0.7))
    assert both.value == 100_000
    assert both.verdict is Verdict.AGREED
    assert both.confidence is not None and both.confidence > 0.8


def test_a_reader_alone_is_less_sure_and_says_so() -> None:
    alone = agreed(flow=reading(100_000, 0.9))
    assert (alone.value, alone.verdict, alone.why) == (100_000, Verdict.ALONE, "only flow found it")
    assert alone.confidence is not None and alone.confidence < 0.9


def test_readers_that_differ_are_named_and_the_surer_one_leads() -> None:
    differ = agreed(layout=reading(100_000, 0.9), flow=reading(200_000, 0.6))
    assert (differ.value, differ.verdict) == (100_000, Verdict.DISPUTED)
    assert differ.why == "layout is surer (0.90) than flow"
    assert differ.confidence is not None and differ.confidence < 0.9
    assert {name: said.value for name, said in differ.readings.items()} == {
        "layout": 100_000,
        "flow": 200_000,
    }


def test_a_third_reader_makes_a_majority_against_a_surer_one() -> None:
    most = agreed(layout=reading(1e6, 0.6), flow=reading(2e6, 0.99), vision=reading(1e6, 0.6))
    assert (most.value, most.verdict) == (1e6, Verdict.MAJORITY)
    assert most.why == "layout and vision agree against flow"


def test_nothing_found_is_no_value_rather_than_a_weak_one() -> None:
    nothing = decide("cash", {}, readers=2)
    assert (nothing.value, nothing.confidence, nothing.verdict) == (None, None, Verdict.NOT_FOUND)
    weak = agreed(layout=reading(5, 0.2))
    assert weak.value is None
    assert weak.why.endswith("too weak to be an answer")


def test_a_difference_of_one_percent_is_a_disagreement_between_readers() -> None:
    assert agreed(layout=reading(1_000_000), flow=reading(1_005_000)).verdict is Verdict.DISPUTED


def test_names_that_say_the_same_agree_and_the_fullest_is_kept() -> None:
    firm = agreed(layout=reading("KPMG", 0.9), flow=reading("KPMG AB", 0.7))
    assert (firm.value, firm.verdict) == ("KPMG AB", Verdict.AGREED)


@given(st.floats(0.3, 1), st.floats(0.3, 1))
def test_agreeing_never_lowers_and_differing_never_raises_confidence(a: float, b: float) -> None:
    same = agreed(layout=reading(10_000, a), flow=reading(10_000, b))
    differ = agreed(layout=reading(10_000, a), flow=reading(90_000, b))
    assert same.confidence is not None and max(a, b) - 0.001 <= same.confidence <= 1
    assert differ.confidence is None or differ.confidence <= max(a, b)


@given(st.permutations(["layout", "flow", "vision"]))
def test_the_order_readers_answer_in_decides_nothing(order: list[str]) -> None:
    said = {"layout": reading(1e6, 0.6), "flow": reading(2e6, 0.9), "vision": reading(1e6, 0.7)}
    first = decide("cash", said, readers=3)
    other = decide("cash", {name: said[name] for name in order}, readers=3)
    assert (first.value, first.confidence, first.why) == (other.value, other.confidence, other.why)
