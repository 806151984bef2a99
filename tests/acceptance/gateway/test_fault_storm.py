"""A short fault storm over the real gateway: promises kept, and receipts that agree call by call."""

from pathlib import Path

import pytest

from watchkeeper.testing.proofs.fault_storm import FAULTS, Storm, run_storm

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("continues", [False, True], ids=["typed errors", "continuations"])
def test_in_a_storm_every_call_is_answered_or_ends_in_the_right_error_and_receipts_agree(
    tmp_path: Path, continues: bool
) -> None:
    report = run_storm(Storm(calls=1500, seed=11, continues=continues), tmp_path / "gateway")

    assert set(report.faults) == {fault.value for fault in FAULTS}  # it did blow
    assert report.kept_share >= 0.999, report.broken_promises[:5]
    assert report.disagreements[:5] == []
    assert report.succeeded > 0.85 * report.calls
