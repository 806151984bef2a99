"""Scoring against known truth."""

from watchkeeper.evaluation.truth import Score, Truth, accuracy, score_field


def test_other_printed_forms_are_right_too() -> None:
    truth = Truth("Brf Solbacken", accept=("Solbacken",))
    assert score_field("solbacken", truth) is Score.RIGHT


def test_a_value_where_the_document_states_none_is_invented() -> None:
    assert score_field(1951, Truth(None)) is Score.INVENTED
    assert score_field(None, Truth(None)) is Score.RIGHT
    assert score_field(1951, Truth(None, accept=(1951,))) is Score.RIGHT


def test_no_answer_is_missed_and_another_answer_is_wrong() -> None:
    assert score_field(None, Truth(9)) is Score.MISSED
    assert score_field(5, Truth(7)) is Score.WRONG


def test_no_scores_give_no_accuracy() -> None:
    assert accuracy([]) is None
    assert accuracy([Score.RIGHT, Score.WRONG]) == 0.5
