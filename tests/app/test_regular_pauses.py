"""The list of honest pauses holds nothing that is not there any more."""

from pathlib import Path

import watchkeeper
from watchkeeper.app.regular_pauses import REGULAR_PAUSES
from watchkeeper.evaluation.simulation_scan import scan_for_sleeps


def test_every_pause_on_the_list_is_a_wait_in_the_package_and_there_is_no_other() -> None:
    found = scan_for_sleeps(Path(watchkeeper.__file__).parent)
    assert {f"{one.file}:{one.function}" for one in found} == set(REGULAR_PAUSES)
