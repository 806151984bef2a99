"""What adds to a field's instructions, and what turns or takes away."""

import pytest

from watchkeeper.workloads.annual_reports.coaching.proposals import only_adds
from watchkeeper.workloads.annual_reports.instructions import FieldInstructions

TOLD = FieldInstructions(
    kind="amount", labels=("nettoomsättning", "intäkter"), side="before", hints={"rows": ("hyror",)}
)


@pytest.mark.parametrize(
    ("change", "adds"),
    [
        ({"labels": ("nettoomsättning", "intäkter", "omsättning")}, True),
        ({"labels": ("omsättning", "nettoomsättning", "intäkter")}, False),
        ({"labels": ("intäkter",)}, False),
        ({"labels": ("intäkter", "nettoomsättning")}, False),
        ({"avoid": ("kostnader",)}, True),
        ({"unit": "report"}, True),
        ({"side": "after"}, False),
        ({"hints": {"rows": ("hyror", "avgifter"), "more": ("x",)}}, True),
        ({"hints": {}}, False),
    ],
)
def test_adding_leaves_all_that_was_told_where_it_stood(change: dict[str, object], adds: bool) -> None:
    assert only_adds(TOLD, TOLD.model_copy(update=change)) is adds
